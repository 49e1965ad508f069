# The variables and the post-processor to put into a template; the source is only there to make the file whole. Packer
# ends with 1 if Brinell's exit status is not 0, and says which it was; the image stays where it was written, so that
# the report can be read beside it.
variable "image" {
  type    = string
  default = "output/image.qcow2"
}

variable "baseline" {
  type    = string
  default = "server"
}

variable "fail_on" {
  type    = string
  default = "high"
}

source "file" "image" {
  content = "in place of a qemu source"
  target  = var.image
}

build {
  sources = ["source.file.image"]

  post-processor "shell-local" {
    environment_vars = [
      "IMAGE=${var.image}",
      "BASELINE=${var.baseline}",
      "FAIL_ON=${var.fail_on}",
    ]
    inline = [
      "brinell scan --baseline \"$BASELINE\" --fail-on \"$FAIL_ON\" --report json=\"$IMAGE.brinell.json\" --report html=\"$IMAGE.brinell.html\" -- \"$IMAGE\"",
    ]
  }
}
