import DiskImages
import Evidence
import Facts

/// `machine`: one question about the definition of the machine that the user gives beside the image.
public struct MachineKind: CheckKind {
  public static let name = "machine"
  public static let summary =
    "Asks one question about the machine around the image: a libvirt domain, an OVF descriptor, a VMX file or a command "
    + "line of QEMU that is given with --vm."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "question", .choice(MachineQuestions.names), required: true, "what is asked; see docs/vm-definition.md"),
    .init("except", .textList, "patterns of subjects that may be as they are: `share build`, `floppy *`"),
  ]

  private let question: any MachineQuestion.Type
  private let except: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    let name = try parameters.required("question")
    guard let question = MachineQuestions.all.first(where: { $0.name == name }) else {
      throw ParameterError("question", "there is no question '\(name)'")
    }
    self.question = question
    except = parameters.list("except")
  }

  public var plan: CollectionPlan { CollectionPlan() }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    guard let machine = facts.supplied(MachineDefinition.self) else {
      throw EvidenceGap(path: "--vm", reason: "no definition of the machine was given")
    }
    return question.answer(machine).filter { outcome in
      outcome.verdict == .pass || !except.contains { fnmatch(pattern: $0, outcome.subject) }
    }
  }
}
