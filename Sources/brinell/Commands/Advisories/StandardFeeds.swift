/// The feeds that are fetched where no list is given, as `advisories update --show-feeds` prints them.
enum StandardFeeds {
  static let text = """
    # Feeds of `brinell advisories update`. Change a copy and give it with --feeds FILE.
    #
    # name          also the name of the file. A list of updates (updateinfo.xml) that does not say what distribution
    #               it is for is taken for the one in the name, as in os-release: fedora-40, rocky-9, ol-9, amzn-2023,
    #               opensuse-leap-15.6.
    # url           https, unless it is this machine or --allow-http is given.
    # sha256        the checksum that the file has to have, or
    # sha256_url    where the checksum stands, as sha256sum writes it.
    # max_mib       the largest file that is taken, as transferred (default 1024).
    total_mib: 8192          # all files together
    patience_seconds: 60     # without any data
    deadline_seconds: 3600   # for one file
    feeds:
      # What Debian knows of each CVE in each release.
      - {name: debian-tracker, url: "https://security-tracker.debian.org/tracker/data/json"}
      # Fixes of Alpine by branch and repository.
      - {name: alpine-v3.20-main, url: "https://secdb.alpinelinux.org/v3.20/main.json"}
      - {name: alpine-v3.20-community, url: "https://secdb.alpinelinux.org/v3.20/community.json"}
      - {name: alpine-v3.21-main, url: "https://secdb.alpinelinux.org/v3.21/main.json"}
      - {name: alpine-v3.21-community, url: "https://secdb.alpinelinux.org/v3.21/community.json"}
      - {name: alpine-v3.22-main, url: "https://secdb.alpinelinux.org/v3.22/main.json"}
      - {name: alpine-v3.22-community, url: "https://secdb.alpinelinux.org/v3.22/community.json"}
      # OSV, an archive for each ecosystem.
      - {name: osv-ubuntu, url: "https://osv-vulnerabilities.storage.googleapis.com/Ubuntu/all.zip"}
      - {name: osv-redhat, url: "https://osv-vulnerabilities.storage.googleapis.com/Red%20Hat/all.zip"}
      - {name: osv-rocky, url: "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip"}
      - {name: osv-almalinux, url: "https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip"}
      - {name: osv-suse, url: "https://osv-vulnerabilities.storage.googleapis.com/SUSE/all.zip"}
      - {name: osv-opensuse, url: "https://osv-vulnerabilities.storage.googleapis.com/openSUSE/all.zip"}
      - {name: osv-pypi, url: "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"}
      - {name: osv-npm, url: "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip"}
      - {name: osv-rubygems, url: "https://osv-vulnerabilities.storage.googleapis.com/RubyGems/all.zip"}
      - {name: osv-maven, url: "https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip"}
      - {name: osv-go, url: "https://osv-vulnerabilities.storage.googleapis.com/Go/all.zip"}
      - {name: osv-crates, url: "https://osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip"}
      # What is known to be exploited, and how probable it is.
      - {name: cisa-kev, url: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"}
      - {name: epss, url: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"}

    """
}
