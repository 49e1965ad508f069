import ArgumentParser

/// All options of a scan but those that only tell of it.
struct ScanOptions: ParsableArguments {
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Collection") var collection: CollectionOptions
  @OptionGroup(title: "Judging") var judging: JudgingOptions
  @OptionGroup(title: "Report") var report: ReportOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(
    help: ArgumentHelp("Keep the evidence in a bundle that can be judged again.", valueName: "file"))
  var evidence: String?

  @Option(
    name: .customLong("vm"),
    help: ArgumentHelp(
      "The definition of the machine around the image, to be judged with it: libvirt domain XML, OVF or OVA, VMX or a "
        + "QEMU command line. An OVA's own descriptor is judged without it.", valueName: "file"))
  var machine: String?
}
