import DiskImages
import Evidence
import Facts

extension GuestFixture {
  /// Facts of a guest that was collected for the models, probes included.
  public func collected(for models: [any FactModel.Type]) throws -> GuestFacts {
    try collected(by: CollectionPlan(models))
  }

  /// Facts of a guest that was collected by the plan, probes included.
  public func collected(by plan: CollectionPlan) throws -> GuestFacts {
    GuestFacts(try Collector(plan: plan).collect(filesystem), asOf: asOf)
  }

  /// Adds a program.
  public func addProgram(
    _ path: String, mode: UInt32 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0,
    attributes: [ExtendedAttribute] = [], _ change: (inout ELFSample) -> Void = { _ in }
  ) {
    var sample = ELFSample()
    change(&sample)
    filesystem.addFile(
      path, .bytes(sample.bytes), mode: mode, uid: uid, gid: gid, attributes: attributes)
  }
}
