/// The command line's options, completed by those of the file.
extension CollectionOptions {
  mutating func complete(with file: CollectionOptions) {
    tryDefaultPasswords = tryDefaultPasswords || file.tryDefaultPasswords
    defaultPasswords = defaultPasswords ?? file.defaultPasswords
    verify = verify ?? file.verify
  }
}

extension JudgingOptions {
  mutating func complete(with file: JudgingOptions) {
    if baselines.isEmpty { baselines = file.baselines }
    // A value that the command line sets wins over the same one of the file.
    let names = Set(settings.map { $0.prefix { $0 != "=" } })
    settings = file.settings.filter { !names.contains($0.prefix { $0 != "=" }) } + settings
    waivers = waivers ?? file.waivers
    indexes = indexes ?? file.indexes
    advisories = advisories ?? file.advisories
    asOf = asOf ?? file.asOf
    supportDates = supportDates ?? file.supportDates
    securitySupport = securitySupport ?? file.securitySupport
  }
}

extension ReportOptions {
  mutating func complete(with file: ReportOptions) {
    format = format ?? file.format
    output = output ?? file.output
    if reports.isEmpty { reports = file.reports }
    failOn = failOn ?? file.failOn
    minCoverage = minCoverage ?? file.minCoverage
  }
}

extension OutputOptions {
  mutating func complete(with file: OutputOptions) {
    quiet = quiet || file.quiet
    verbose = verbose || file.verbose
    noColor = noColor || file.noColor
    progress = progress ?? file.progress
  }
}
