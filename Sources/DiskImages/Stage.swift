/// A stage on the way from an image to its evidence, for progress and for timings.
public struct Stage: Sendable, Hashable {
  /// The name under which reports give the seconds.
  public var key: String
  /// For people, as in `reading 812 files`.
  public var words: String

  /// Names a stage.
  public init(key: String, words: String) {
    self.key = key
    self.words = words
  }

  public static let unpack = Stage(key: "unpack", words: "unpacking")
  public static let launch = Stage(key: "launch", words: "starting the appliance")
  public static let partitions = Stage(key: "partitions", words: "reading the partitions")
  public static let systems = Stage(key: "systems", words: "looking for systems")
  /// Begins once for every system of an image.
  public static let index = Stage(key: "index", words: "listing files")
}
