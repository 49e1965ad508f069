import DiskImages
import Evidence
import Foundation
import Testing

/// The images that scripts/test-images makes, made once and kept in .cache.
enum TestImages {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private static let folder: Result<String, TestImageError> = {
    let folder = repository + "/.cache/images"
    let status = run("\(repository)/scripts/test-images", folder)
    return status == 0 ? .success(folder) : .failure(TestImageError(status: status))
  }()

  static func path(_ name: String) throws -> String { try folder.get() + "/" + name }

  @discardableResult
  static func run(_ program: String, _ arguments: String...) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

struct TestImageError: Error { var status: Int32 }

/// Collects what a plan wants from images.
func collectImages(
  _ names: String..., keys: DeviceKeys = DeviceKeys(), format: ImageFormat? = nil,
  plan: CollectionPlan = CollectionPlan(needs: ["/etc/**", "/var/lib/dpkg/status"]),
  notice: @escaping @Sendable (String) -> Void = { _ in }
) throws -> CollectedTarget {
  var options = OpenOptions()
  options.keys = keys
  options.forcedFormat = format
  options.appliance.notice = notice
  return try collect(.image(try names.map(TestImages.path)), plan: plan, options: options)
}

/// A line of /etc/fstab, of any guest of the tests, as a sign that contents arrive.
func firstLine(_ path: String, of guest: CollectedGuest) throws -> String? {
  try guest.evidence.text(at: path)?.lines.first?.text
}
