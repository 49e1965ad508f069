import DiskImages
import Evidence

/// A model of one area of a guest's configuration, made from evidence once and asked by many checks.
public protocol FactModel: SendableMetatype {
  /// Files that the model reads.
  static var needs: [ContentNeed] { get }
  /// Further files that the files read so far name, such as the target of an `Include`.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed]
  /// Questions about contents that the evidence does not keep.
  static var probes: [any ContentProbe] { get }
  /// Reads the model.
  ///
  /// - Throws: `EvidenceGap` if something the model cannot do without could not be read.
  init(_ facts: GuestFacts) throws(EvidenceGap)
}

extension FactModel {
  /// Most models know their files beforehand.
  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { [] }
  /// Most models read whole files alone.
  public static var probes: [any ContentProbe] { [] }
}

/// The facts of one guest: models that are read from the evidence when they are first asked for.
///
/// Belongs to one task; not shared between threads.
public final class GuestFacts {
  public let evidence: Evidence
  /// The moment as of which dates are judged, in seconds since 1970-01-01 UTC.
  public let asOf: Int64
  /// What the user gives beside the image.
  private var supplements: Supplements
  private var models: [ObjectIdentifier: Result<any FactModel, EvidenceGap>] = [:]

  /// Facts derived from `evidence`.
  public init(_ evidence: Evidence, asOf: Int64, supplements: Supplements = Supplements()) {
    self.evidence = evidence
    self.asOf = asOf
    self.supplements = supplements
  }

  /// Gives models something beside the image, before those that want it are asked for.
  public func supply<Value: Sendable>(_ value: Value) { supplements.set(value) }

  /// What the user supplies of a type; nil if nothing.
  public func supplied<Value: Sendable>(_ type: Value.Type = Value.self) -> Value? { supplements[type] }

  /// The model of an area, read at the first call.
  public func model<Model: FactModel>(_ type: Model.Type = Model.self) throws(EvidenceGap) -> Model {
    let key = ObjectIdentifier(type)
    if let known = models[key] {
      let model = try known.get()
      if let model = model as? Model { return model }
    }
    do {
      let model = try Model(self)
      models[key] = .success(model)
      return model
    } catch {
      models[key] = .failure(error)
      throw error
    }
  }
}

extension CollectionPlan {
  /// A plan for everything that the models read.
  public init(_ models: [any FactModel.Type]) {
    self.init()
    for model in models { add(model) }
  }

  /// Adds what a model reads.
  public mutating func add<Model: FactModel>(_ model: Model.Type) {
    needs.formUnion(Model.needs)
    for probe in Model.probes { add(probe) }
    followByModel[ObjectIdentifier(model)] = { evidence in Model.furtherNeeds(evidence) }
  }
}
