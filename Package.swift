// swift-tools-version: 6.2
import PackageDescription

// Data flows one way through the targets, from the image to the report; see docs/architecture.md.
let package = Package(
  name: "brinell",
  products: [
    .executable(name: "brinell", targets: ["brinell"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CGuestfs", pkgConfig: "libguestfs", providers: [.apt(["libguestfs-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
    .target(name: "CShims"),

    .target(
      name: "DiskImages",
      dependencies: [
        "Binaries", "CGuestfs", "CArchive", "CShims", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Binaries"),
    .target(
      name: "Evidence",
      dependencies: [
        "Binaries", "DiskImages", "CArchive", "CCrypt",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "Facts",
      dependencies: [
        "Binaries", "Evidence", "DiskImages", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Advisories",
      dependencies: [
        "Facts", "Evidence", "DiskImages", "CArchive", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "Baselines",
      dependencies: [
        "Binaries", "Facts", "Advisories", "Evidence", "DiskImages",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "Baselines", "Facts", "Evidence", "DiskImages",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("HTML/Templates")]),
    .target(
      name: "Diff",
      dependencies: [
        "Reports", "Baselines", "Advisories", "Facts", "Evidence", "Binaries", "DiskImages",
      ],
      resources: [.embedInCode("Formats/Templates")]),
    .executableTarget(
      name: "brinell",
      dependencies: [
        "DiskImages", "Evidence", "Facts", "Advisories", "Baselines", "Reports", "Diff", "CShims",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    .target(
      name: "TestSupport", dependencies: ["DiskImages", "Evidence", "Facts"],
      path: "Tests/TestSupport"),
    .testTarget(name: "DiskImagesTests", dependencies: ["DiskImages", "TestSupport"]),
    .testTarget(name: "BinariesTests", dependencies: ["Binaries", "TestSupport"]),
    .testTarget(name: "EvidenceTests", dependencies: ["Evidence", "TestSupport"]),
    .testTarget(name: "FactsTests", dependencies: ["Facts", "TestSupport"]),
    .testTarget(name: "AdvisoriesTests", dependencies: ["Advisories", "TestSupport"]),
    .testTarget(name: "BaselinesTests", dependencies: ["Baselines", "TestSupport"]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "TestSupport"],
      exclude: ["Formats/Golden", "Text/Golden"]),
    .testTarget(name: "DiffTests", dependencies: ["Diff", "TestSupport"], exclude: ["Formats/Golden"]),
    .testTarget(
      name: "CommandTests", dependencies: ["brinell", "TestSupport"], exclude: ["Golden"]),
    .testTarget(name: "ImageTests", dependencies: ["brinell", "TestSupport"]),
  ]
)
