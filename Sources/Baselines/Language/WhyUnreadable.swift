import Foundation

/// Why a file of this machine that the user has named cannot be read, in one phrase.
package func whyUnreadable(_ path: String) -> String {
  var status = stat()
  guard stat(path, &status) == 0 else {
    switch errno {
    case ENOENT: return "no such file"
    case EACCES: return "a folder above it may not be entered"
    case let number: return String(cString: strerror(number)).lowercased()
    }
  }
  if status.st_mode & S_IFMT == S_IFDIR { return "a folder, not a file" }
  return access(path, R_OK) == 0 ? "cannot be read" : "no permission to read it"
}
