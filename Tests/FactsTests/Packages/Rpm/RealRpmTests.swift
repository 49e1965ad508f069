import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

/// A guest in which the real rpm has installed packages: the list is that of `rpm -qa`.
@Suite struct RealRpmTests {
  private func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private func spec(_ name: String, _ number: Int) -> String {
    """
    Name: \(name)
    Epoch: \(number % 3)
    Version: 1.\(number)\(["~rc1", "^git1", ""][number / 3 % 3])
    Release: \(number)
    Summary: Test
    License: MIT
    Vendor: Brinell's tests
    BuildArch: noarch
    Provides: virtual-\(name) = 3
    %description
    \(String(repeating: "Text. ", count: number * 60))
    %files
    """
  }

  @Test func theListIsThatOfRpm() throws {
    guard ["/usr/bin/rpm", "/usr/bin/rpmbuild"].allSatisfy(FileManager.default.isExecutableFile) else {
      print("skipped: packages installed by the real rpm, which is not installed")
      return
    }
    let folder = NSTemporaryDirectory() + "brinell-rpm-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let root = folder + "/root"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let specs = try (0..<12).map { number in
      let file = "\(folder)/p\(number).spec"
      try spec("package\(number)", number).write(toFile: file, atomically: true, encoding: .utf8)
      return file
    }
    let build = try run("/usr/bin/rpmbuild", ["-bb", "--quiet", "--define", "_topdir \(folder)"] + specs)
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".rpm") }
    guard build.status == 0, files.count == specs.count else {
      print("skipped: rpmbuild cannot build packages here")
      return
    }
    let database = ["--root", root, "--define", "_dbpath /var/lib/rpm"]
    let install = try run(
      "/usr/bin/rpm", database + ["-i", "--nodeps", "--noscripts"] + files.map { "\(folder)/\($0)" })
    guard install.status == 0 else {
      print("skipped: rpm --root cannot install packages here")
      return
    }
    _ = try run("/usr/bin/rpm", database + ["-e", "--nodeps", "package5"])
    let format = "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{ARCH} %{LICENSE} %{VENDOR} %{INSTALLTIME}\n"
    let expected = try run("/usr/bin/rpm", database + ["-qa", "--qf", format]).output
    let evidence = try Collector(plan: CollectionPlan([InstalledPackages.self])).collect(
      DirectoryFilesystem(path: root))
    let model = try GuestFacts(evidence, asOf: 0).model(InstalledPackages.self)
    let found = model.packages.map { package in
      let version = package.version.contains(":") ? package.version : "0:" + package.version
      return
        "\(package.name) \(version) \(package.architecture) \(package.licence ?? "") \(package.vendor ?? "")"
        + " \(package.installedAt ?? 0)"
    }
    #expect(found.sorted() == expected.split(separator: "\n").map(String.init).sorted())
    #expect(found.count == 11 && model.problems.isEmpty)
    #expect(model.installed("virtual-package4")?.name == "package4")
  }
}
