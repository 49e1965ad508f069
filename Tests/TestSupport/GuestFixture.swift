import DiskImages
import Evidence
import Facts

/// A small guest in memory and the facts that are derived from it.
public struct GuestFixture {
  public let filesystem = MemoryFilesystem()
  /// 2026-11-24.
  public var asOf: Int64 = 1_795_478_400

  public init(_ files: [String: String] = [:]) {
    for (path, text) in files { filesystem.addFile(path, text) }
  }

  /// Evidence with the content of every file.
  public func evidence() throws -> Evidence {
    let index = try filesystem.readIndex()
    var contents: [UInt32: FileContent] = [:]
    try filesystem.readContents(of: index.entries.filter { $0.type == .regular }, limit: .max) {
      contents[$0.id] = $1
    }
    return Evidence(index: index, contents: contents)
  }

  public func facts() throws -> GuestFacts { GuestFacts(try evidence(), asOf: asOf) }

  /// The model of one area, read from the fixture.
  public func model<Model: FactModel>(_ type: Model.Type = Model.self) throws -> Model {
    try facts().model(type)
  }
}
