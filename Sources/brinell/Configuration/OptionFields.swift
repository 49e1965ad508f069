import Reports

extension TargetOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .list("disk", \.disks).onCommandLineAlone
    ] + OpeningOptions.fields.map { $0.within(\.opening) }
  }
}

extension OpeningOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .list("key", \.keys).onCommandLineAlone,
      .single("image-format", \.imageFormat, default: "found out"),
      .list("allow-backing", \.allowedBacking).onCommandLineAlone,
    ]
  }
}

extension CollectionOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .single("verify", \.verify, default: "executables"),
      .flag("try-default-passwords", \.tryDefaultPasswords),
      .single("default-passwords", \.defaultPasswords, default: "none"),
      .single("yara", \.yara, default: "none"), .single("clamav", \.clamav, default: "none"),
    ]
  }
}

extension JudgingOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .list("baseline", \.baselines, default: "server"), settingsField,
      .single("advisories", \.advisories, default: "the database in a standard place, if there is one"),
      .single("waivers", \.waivers, default: "none"),
      .single("indexes", \.indexes, default: "those in the guest"), .list("suite", \.suites),
      .single("as-of", \.asOf, default: "today"),
      .single("support-dates", \.supportDates, default: "Brinell's own table"),
      .single("security-support", \.securitySupport, default: "the guest's lists"),
      .single("dbx", \.dbx, default: "none"),
    ]
  }

  /// A value that the command line sets wins over the same one of the file; the others of the file stay.
  private static var settingsField: OptionField<Self> {
    var field = OptionField<Self>.list("set", \.settings, .pairs)
    field.complete = { options, file in
      let names = Set(options.settings.map { $0.prefix { $0 != "=" } })
      let others = file.settings.filter { !names.contains($0.prefix { $0 != "=" }) }
      options.settings = others + options.settings
    }
    return field
  }
}

extension WritingOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .single("format", \.format, default: "text"),
      .single("output", \.output, default: "standard output"), .list("report", \.reports, .pairs),
    ]
  }
}

extension LimitOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] { [.single("fail-on", \.failOn, default: "high")] }
}

extension ReportOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    WritingOptions<Report>.fields.map { $0.within(\.writing) }
      + LimitOptions.fields.map { $0.within(\.limit) } + [
        .single("min-coverage", \.minCoverage, default: "90"), .single("since", \.since, default: "none"),
        .single("max-score-drop", \.maxScoreDrop, default: "none"),
        .toggle("annotate", \.annotate, default: "where GITHUB_ACTIONS is set"), .flag("explain", \.explain),
      ]
  }
}

extension OutputOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    [
      .flag("quiet", \.quiet), .flag("verbose", \.verbose), .flag("no-color", \.noColor),
      .single("progress", \.progress, default: "auto"),
    ]
  }
}

extension ScanOptions: ConfigurableOptions {
  static var fields: [OptionField<Self>] {
    TargetOptions.fields.map { $0.within(\.target) }
      + CollectionOptions.fields.map { $0.within(\.collection) }
      + JudgingOptions.fields.map { $0.within(\.judging) } + ReportOptions.fields.map { $0.within(\.report) }
      + OutputOptions.fields.map { $0.within(\.output) } + [
        .single("evidence", \.evidence, default: "not kept"),
        .single("vm", \.machine, default: "an OVA's own descriptor"),
      ]
  }
}
