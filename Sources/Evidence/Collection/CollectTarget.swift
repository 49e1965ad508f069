import DiskImages
import Foundation

/// Something that can be judged, as the user named it.
public enum Target: Sendable, Hashable {
  /// The disks of one guest.
  case image([String])
  /// A directory with an unpacked guest.
  case tree(String)
  /// An evidence bundle.
  case bundle(String)

  /// How reports and messages name the target.
  public var name: String {
    switch self {
    case .image(let disks): disks.joined(separator: " + ")
    case .tree(let path), .bundle(let path): path
    }
  }

  /// Tells a directory, a bundle and an image apart by what is there, not by its name.
  public init(path: String) throws(CollectionError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw CollectionError("\(path): no such file")
    }
    if isDirectory.boolValue {
      self = .tree(path)
    } else if Bundle.isBundle(path) {
      self = .bundle(path)
    } else {
      self = .image([path])
    }
  }
}

/// What a pass over a target reports while it runs.
public struct CollectionEvents: Sendable {
  /// A stage begins.
  public var stage: @Sendable (Stage) -> Void

  /// Events that go to the given closure.
  public init(stage: @escaping @Sendable (Stage) -> Void = { _ in }) { self.stage = stage }
}

/// Opens a target, carries out the plan on every system in it and closes it.
public func collect(
  _ target: Target, plan: CollectionPlan, options: OpenOptions, events: CollectionEvents = .init()
) throws(CollectionError) -> CollectedTarget {
  let collector = Collector(plan: plan) { progress in
    switch progress {
    case .indexing: events.stage(.index)
    case .reading(let count, let round):
      events.stage(
        Stage(key: "contents", words: "reading \(count) files" + (round > 1 ? " that others name" : "")))
    case .probing(let name, let words): events.stage(Stage(key: name, words: words))
    }
  }
  switch target {
  case .tree(let path): return try collectTree(path, collector)
  case .bundle(let path): return try collectBundle(path, target.name, collector)
  case .image(let disks): return try collectImage(disks, target.name, collector, options)
  }
}

private func collectTree(_ path: String, _ collector: Collector) throws(CollectionError) -> CollectedTarget {
  do {
    let filesystem = try DirectoryFilesystem(path: path)
    let evidence = try collector.collect(filesystem)
    guard evidence.looksLikeSystem else {
      throw CollectionError(
        "\(path): no operating system found in this directory (no /etc with os-release or passwd)")
    }
    return CollectedTarget(
      target: path, guests: [CollectedGuest(evidence: evidence, cost: filesystem.cost)])
  } catch let error as GuestReadError {
    throw CollectionError(error.description)
  } catch let error as CollectionError {
    throw error
  } catch {
    throw CollectionError("\(path): \(error)")
  }
}

/// A bundle goes through the same collector, so that a newer plan that wants more than was collected finds it
/// missing instead of absent.
private func collectBundle(
  _ path: String, _ name: String, _ collector: Collector
) throws(CollectionError) -> CollectedTarget {
  let bundle: CollectedTarget
  do {
    bundle = try Bundle.read(path)
  } catch {
    throw CollectionError("\(path): \(error)")
  }
  var target = CollectedTarget(
    target: name, source: bundle.source, disks: bundle.disks, storage: bundle.storage)
  for guest in bundle.guests {
    let filesystem = RecordedFilesystem(guest.evidence)
    do {
      let evidence = try collector.collect(
        filesystem, storage: guest.evidence.storage, root: guest.evidence.rootDevice,
        answers: guest.evidence.answers)
      target.guests.append(CollectedGuest(evidence: evidence, cost: filesystem.cost))
    } catch {
      throw CollectionError("\(path): \(error)")
    }
  }
  return target
}

private func collectImage(
  _ disks: [String], _ name: String, _ collector: Collector, _ options: OpenOptions
) throws(CollectionError) -> CollectedTarget {
  do {
    let image = try OpenedImage(disks: disks, options: options)
    var guests: [CollectedGuest] = []
    try image.withEachGuest { (system, filesystem) throws(GuestReadError) in
      var evidence = try collector.collect(filesystem, root: system.root)
      evidence.storage = image.storage
      guests.append(CollectedGuest(evidence: evidence, cost: filesystem.cost))
    }
    for index in guests.indices { guests[index].evidence.storage = image.storage }
    return CollectedTarget(target: name, disks: image.disks, storage: image.storage, guests: guests)
  } catch let error as OpenError {
    throw CollectionError(error.description, disks: error.disks, storage: error.storage)
  } catch let error as GuestVisitError<GuestReadError> {
    switch error {
    case .appliance(let message): throw CollectionError("\(name): \(message)")
    case .body(let error): throw CollectionError("\(name): \(error)")
    }
  } catch {
    throw CollectionError("\(name): \(error)")
  }
}

extension Evidence {
  /// Whether there is enough of a system to judge: the same signs by which images are searched.
  var looksLikeSystem: Bool {
    ["/etc/os-release", "/usr/lib/os-release", "/etc/passwd", "/etc/fstab", "/etc/debian_version"].contains {
      if case .found = index.resolve($0, followLast: false) { true } else { false }
    }
  }
}
