/// All forms of advisories that can be imported.
public enum AdvisorySources {
  /// The first that recognises a file reads it. A new source adds a line.
  public static let all: [any AdvisorySource.Type] = [
    OSVSource.self,
    DebianTrackerSource.self,
    AlpineSecdbSource.self,
    UpdateInfoSource.self,
    CSAFSource.self,
    KEVSource.self,
    EPSSSource.self,
  ]
}
