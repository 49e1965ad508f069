import Foundation

/// What the place is like to which results are written.
enum Terminal {
  /// Columns of the terminal on standard output; 80 where there is none or it does not say.
  static var width: Int { width(of: STDOUT_FILENO) }

  /// The same of the terminal on standard error.
  static var errorWidth: Int { width(of: STDERR_FILENO) }

  private static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// Whether a line on standard error can be rewritten.
  static var canRewriteErrors: Bool {
    isatty(STDERR_FILENO) == 1
      && !["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM", default: ""])
  }

  /// Whether text on standard output is coloured: on a terminal, unless somebody objects.
  static func usesColor(noColor: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return !noColor && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
      && isatty(1) == 1
  }

  /// Writes results.
  ///
  /// - Throws: a `Failure` if they cannot be written.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      // Whoever reads has seen enough, as in `brinell scan … | head`.
      if errno == EPIPE { return }
      throw Failure("standard output: \(String(cString: strerror(errno)).lowercased())")
    }
  }

  /// Removes an older file; a device or a pipe stays.
  static func remove(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    guard unlink(path) == 0 else {
      throw Failure("\(path): cannot be removed: \(String(cString: strerror(errno)).lowercased())")
    }
  }

  /// Writes a file, which appears under its name only when complete.
  static func write(_ text: String, to path: String) throws {
    let temporary = path + ".part"
    do {
      // A device such as /dev/stderr or a pipe is written as it is.
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.write(contentsOf: Data(text.utf8))
        return
      }
      try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
      guard rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      let reason = String(cString: strerror(errno)).lowercased()
      unlink(temporary)
      throw Failure("\(path): the report cannot be written: \(reason)")
    }
  }
}
