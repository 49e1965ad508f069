/// What `brinell` alone says.
enum Greeting {
  static let text = """
    Brinell tests how hard a virtual machine image is before anyone boots it.

      brinell scan disk.qcow2      judge an image, an unpacked tree or an evidence bundle
      brinell baseline list        see by what it can be judged
      brinell doctor               see whether this machine is fit for it

    brinell --help lists all commands, brinell help scan the options of one.

    """
}
