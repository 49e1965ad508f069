import Logging

/// Where what the modules log goes: standard error, from debug on with `--verbose`, else errors alone.
enum Diagnostics {
  /// The logging system takes one setting for the life of the process; the first command's counts.
  private static let isSet = Once()

  static func set(isVerbose: Bool) {
    isSet.run {
      LoggingSystem.bootstrap { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = isVerbose ? .debug : .error
        return handler
      }
    }
  }
}
