import DiskImages

/// Everything that was collected of one target: its disks and the evidence of every system on them.
public struct CollectedTarget: Sendable {
  /// As the user named it.
  public var target: String
  /// What it was collected from, as it was named then; differs from `target` for a bundle.
  public var source: String
  public var disks: [DiskDescription]
  /// The devices of all disks, with the mount points of all systems.
  public var storage: [StorageDevice]
  public var guests: [CollectedGuest]

  /// Puts a target together.
  public init(
    target: String, source: String? = nil, disks: [DiskDescription] = [], storage: [StorageDevice] = [],
    guests: [CollectedGuest] = []
  ) {
    self.target = target
    self.source = source ?? target
    self.disks = disks
    self.storage = storage
    self.guests = guests
  }
}

/// One system of a target.
public struct CollectedGuest: Sendable {
  public var evidence: Evidence
  /// What reading it has cost.
  public var cost: ReadCost

  /// Pairs evidence with its cost.
  public init(evidence: Evidence, cost: ReadCost = ReadCost()) {
    self.evidence = evidence
    self.cost = cost
  }
}

/// A target could not be collected.
public struct CollectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed, on which file, what to do next.
  public var description: String
  /// What was found before that.
  public var disks: [DiskDescription]
  public var storage: [StorageDevice]

  /// Describes the failure in one line.
  public init(_ description: String, disks: [DiskDescription] = [], storage: [StorageDevice] = []) {
    self.description = description
    self.disks = disks
    self.storage = storage
  }
}
