apt-get install nginx
mysql -u root
