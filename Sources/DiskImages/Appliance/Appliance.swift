import Foundation
import Logging
import Synchronization

/// How an appliance is started.
public struct ApplianceOptions: Sendable {
  /// Start libguestfs with its own messages on standard error.
  public var isVerbose = false
  /// How often a start that failed is tried again.
  public var retries = 4
  /// Time for a start: without hardware virtualisation 13–20 s are usual, the first start on a machine also
  /// builds the appliance.
  public var launchTimeout = Duration.seconds(180)
  /// Time for a single request.
  public var requestTimeout = Duration.seconds(600)
  /// Folder for the overlay of each drive; removed afterwards.
  public var temporaryDirectory = NSTemporaryDirectory()
  /// Called with one line when a start failed and what is done about it.
  public var notice: @Sendable (String) -> Void = { _ in }

  /// The usual options.
  public init() {}
}

/// libguestfs could not be brought to run.
public struct ApplianceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed and what to do next.
  public var description: String

  /// Describes the failure in one line.
  public init(_ description: String) { self.description = description }
}

/// A running libguestfs appliance with read-only drives.
///
/// Lives on the thread that launched it and ends with its last reference.
final class Appliance {
  let guestfs: GuestfsHandle
  /// Whether the appliance runs on hardware virtualisation.
  let usesKVM: Bool
  private let watchdog: Watchdog
  private let options: ApplianceOptions

  private init(
    _ guestfs: GuestfsHandle, usesKVM: Bool, watchdog: Watchdog, options: ApplianceOptions
  ) {
    self.guestfs = guestfs
    self.usesKVM = usesKVM
    self.watchdog = watchdog
    self.options = options
  }

  deinit { watchdog.stop() }

  /// Starts an appliance: with KVM where it works, else under emulation; again if it crashes.
  static func launch(
    drives: [(path: String, format: String)], options: ApplianceOptions
  ) throws(ApplianceError) -> Appliance {
    var usesKVM = KVM.isUsable
    var failures: [String] = []
    let watchdog = Watchdog()
    let logger = Logger(label: "brinell.appliance")
    let superminFolders = SuperminFolders()
    while true {
      do {
        let guestfs = try GuestfsHandle(verbose: options.isVerbose)
        try guestfs.setTemporaryDirectory(options.temporaryDirectory)
        // With a second processor the appliance starts in five sixths of the time under emulation.
        try guestfs.setProcessors(min(2, ProcessInfo.processInfo.activeProcessorCount))
        if !usesKVM { try guestfs.setBackendSetting("force_tcg", "1") }
        for drive in drives { try guestfs.addDriveReadOnly(drive.path, format: drive.format) }
        watchdog.arm(options.launchTimeout)
        let start = ContinuousClock.now
        logger.debug(
          "starting an appliance", metadata: ["kvm": "\(usesKVM)", "failures": "\(failures.count)"])
        try guestfs.launch()
        watchdog.disarm()
        logger.debug("the appliance runs", metadata: ["after": "\(ContinuousClock.now - start)"])
        return Appliance(guestfs, usesKVM: usesKVM, watchdog: watchdog, options: options)
      } catch {
        watchdog.disarm()
        superminFolders.removeNew()
        logger.debug("the appliance did not start", metadata: ["error": "\(error)"])
        if HelperProcesses.interruption != 0 {
          watchdog.stop()
          throw ApplianceError("interrupted")
        }
        if let diagnosis = ApplianceDiagnosis.explain() {
          watchdog.stop()
          throw ApplianceError(diagnosis)
        }
        if usesKVM {
          usesKVM = false
          KVM.markUnusable()
          options.notice(
            "KVM is there but cannot run the appliance; falling back to emulation, which is slower")
          continue
        }
        failures.append(
          watchdog.hasFired ? "no answer within \(options.launchTimeout)" : firstLine(error.message))
        guard failures.count <= options.retries else {
          watchdog.stop()
          throw ApplianceError(
            "the libguestfs appliance failed to start \(failures.count) times, last: \(failures.last ?? "");"
              + " run 'libguestfs-test-tool' to see why, or scan with --verbose")
        }
        options.notice(
          "the appliance did not start (\(failures.last ?? "")); trying again"
            + " (\(failures.count) of \(options.retries))")
      }
    }
  }

  /// Runs one request, given up after the time limit for requests.
  func request<Result>(_ body: (GuestfsHandle) throws(GuestfsError) -> Result) throws(GuestfsError) -> Result
  {
    if HelperProcesses.interruption != 0 { throw GuestfsError(call: "", message: "interrupted") }
    watchdog.arm(options.requestTimeout)
    defer { watchdog.disarm() }
    do {
      return try body(guestfs)
    } catch {
      if watchdog.hasFired {
        throw GuestfsError(
          call: error.call, message: "the appliance did not answer within \(options.requestTimeout)")
      }
      throw GuestfsError(call: error.call, message: firstLine(error.message))
    }
  }
}

/// Hardware virtualisation on this machine.
enum KVM {
  private static let failed = Atomic(false)

  /// Whether /dev/kvm opens and no appliance has failed with it in this process.
  static var isUsable: Bool {
    !failed.load(ordering: .acquiring) && access("/dev/kvm", R_OK | W_OK) == 0
      && ProcessInfo.processInfo.environment["LIBGUESTFS_BACKEND_SETTINGS"]?.contains("force_tcg") != true
  }

  static func markUnusable() { failed.store(true, ordering: .releasing) }
}

private func firstLine(_ message: String) -> String {
  String(message.split(whereSeparator: \.isNewline).first ?? "unknown error")
}
