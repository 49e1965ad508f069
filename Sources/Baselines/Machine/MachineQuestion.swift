import Facts

/// One question about the definition of a machine; the parameter `question` of the kind `machine`.
///
/// A new question is one file that conforms to this protocol and one line in `MachineQuestions.all`.
protocol MachineQuestion: SendableMetatype {
  /// The question as baselines write it.
  static var name: String { get }
  /// The requirement in words.
  static var expected: String { get }
  /// One outcome for each subject; none where there is nothing to object to.
  static func answer(_ machine: MachineDefinition) -> [Outcome]
}

extension MachineQuestion {
  static func pass(_ subject: String, _ actual: String, _ origin: Origin) -> Outcome {
    Outcome(.pass, subject: subject, expected: expected, actual: actual, evidence: [EvidenceLine(origin)])
  }

  static func fail(_ subject: String, _ actual: String, _ origin: Origin) -> Outcome {
    Outcome(.fail, subject: subject, expected: expected, actual: actual, evidence: [EvidenceLine(origin)])
  }

  static func undecided(_ subject: String, _ reason: String, _ origin: Origin) -> Outcome {
    Outcome(
      .undecided(reason: reason), subject: subject, expected: expected, actual: "not said",
      evidence: [EvidenceLine(origin)])
  }

  /// The answer where the format is silent about a topic; nil where it is not.
  static func silence(_ machine: MachineDefinition, _ topic: MachineDefinition.Topic, _ subject: String)
    -> [Outcome]?
  {
    machine.silences[topic].map { [undecided(subject, $0, machine.origin)] }
  }
}

/// The registry of questions.
enum MachineQuestions {
  static let all: [any MachineQuestion.Type] = [
    AccelerationQuestion.self,
    ChannelEncryptionQuestion.self,
    ClipboardQuestion.self,
    ConfinementQuestion.self,
    DevicePassthroughQuestion.self,
    DiskCacheQuestion.self,
    DiskDiscardQuestion.self,
    DiskEncryptionQuestion.self,
    DiskTransportQuestion.self,
    DisplayAddressQuestion.self,
    DisplayPasswordQuestion.self,
    DisplayTLSQuestion.self,
    EntropyQuestion.self,
    FileTransferQuestion.self,
    GuestAgentQuestion.self,
    HostPortsQuestion.self,
    LegacyDevicesQuestion.self,
    MemoryDumpQuestion.self,
    MemoryMergingQuestion.self,
    MigrationQuestion.self,
    MonitorQuestion.self,
    NestedVirtualisationQuestion.self,
    NetworkFilterQuestion.self,
    NetworkTrustQuestion.self,
    PlainSecretsQuestion.self,
    ProcessorMitigationsQuestion.self,
    RawArgumentsQuestion.self,
    SandboxQuestion.self,
    SecureBootQuestion.self,
    SharedFoldersQuestion.self,
    TPMQuestion.self,
    USBRedirectionQuestion.self,
    VMwareIsolationQuestion.self,
    VMwareLoggingQuestion.self,
  ]

  static let names = all.map { $0.name }
}
