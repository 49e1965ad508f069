import Baselines
import Foundation

/// Refuses a path that the user has named and that cannot be read, before any work.
///
/// - Parameter folders: whether a folder is meant (true), a file (false), or either (nil).
/// - Throws: a `Failure` that names option and path.
func requireReadable(_ path: String, _ option: String, folders: Bool? = false) throws {
  var isFolder: ObjCBool = false
  let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  if isThere, isFolder.boolValue, folders != false, access(path, R_OK | X_OK) == 0 { return }
  if isThere, !isFolder.boolValue, folders != true, access(path, R_OK) == 0 { return }
  let reason =
    switch (isThere, isFolder.boolValue) {
    case (true, false) where folders == true: "a file, not a folder"
    case (true, true) where folders != false: "no permission to read it"
    case (false, _) where folders == true: "no such folder"
    default: whyUnreadable(path)
    }
  throw Failure("\(option) \(path): \(reason)")
}
