import Advisories
import ArgumentParser
import Baselines
import DiskImages
import Facts
import Foundation
import Reports

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell whether this machine is fit for scans, and what to run if not.",
    discussion: "The exit status is 0 if images can be scanned, though perhaps slowly, and 2 if not.")

  @Flag(help: "Do not start an appliance, which takes up to half a minute without KVM.")
  var quick = false

  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func run() throws {
    var examination = Examination(isQuick: quick, output: outputOptions)
    examination.run()
    try Terminal.write(examination.text.text)
    if examination.hasProblem { throw ExitCode(2) }
  }
}

/// What doctor finds, line by line.
private struct Examination {
  let isQuick: Bool
  let output: OutputOptions
  private(set) var text = TextColumns()
  private(set) var hasProblem = false

  private enum Finding: String { case ok, note, problem }

  init(isQuick: Bool, output: OutputOptions) {
    self.isQuick = isQuick
    self.output = output
  }

  mutating func run() {
    examineLibrary()
    let canStart = examineKernel()
    let virtualization = examineVirtualization()
    examineMemory()
    examineSpace()
    if canStart && !isQuick { examineStart(virtualization) }
    examineBaselines()
    examineAdvisories()
    examinePrograms()
    text.line()
    text.line(
      hasProblem
        ? "This machine is not fit yet: mend the problems above, then run brinell doctor again"
        : "This machine is fit. To begin: brinell scan IMAGE")
  }

  private mutating func add(_ finding: Finding, _ line: String, mend: String? = nil) {
    if finding == .problem { hasProblem = true }
    text.row(finding.rawValue, printable(line), margin: 0, column: 9)
    if let mend { text.row("", "-> " + printable(mend), margin: 0, column: 9) }
  }

  private mutating func examineLibrary() {
    guard let version = ApplianceProbe.version else {
      add(.problem, "libguestfs cannot be initialised", mend: "sudo apt-get install libguestfs0")
      return
    }
    add(.ok, "libguestfs \(version)")
  }

  private mutating func examineKernel() -> Bool {
    if let diagnosis = ApplianceDiagnosis.explain() {
      add(.problem, diagnosis)
      return false
    }
    add(.ok, "a kernel for the appliance is there and readable")
    return true
  }

  private mutating func examineVirtualization() -> ApplianceProbe.Virtualization {
    let state = ApplianceProbe.virtualization
    switch state {
    case .opens: add(.ok, "KVM: /dev/kvm opens")
    case .unwanted:
      add(
        .note, "KVM: LIBGUESTFS_BACKEND_SETTINGS asks for emulation, with which scans are slower",
        mend: "unset LIBGUESTFS_BACKEND_SETTINGS")
    case .absent:
      add(
        .note, "KVM: no /dev/kvm; scans run under emulation, an appliance starts in 15 to 30 seconds",
        mend: "on hardware: sudo modprobe kvm_intel (or kvm_amd); in a virtual machine: nested virtualisation"
      )
    case .closed(let reason):
      add(
        .note, "KVM: /dev/kvm does not open (\(reason)); scans run under emulation, which is slower",
        mend: "sudo usermod -aG kvm \(NSUserName()), then log in again")
    }
    return state
  }

  private mutating func examineMemory() {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    guard
      let line = lines.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int64($0) }),
      let needed = ApplianceProbe.memory
    else { return }
    let available = kilobytes << 10
    let numbers = "\(megabytes(available)) available, an appliance takes \(megabytes(needed))"
    if available < needed {
      add(.problem, "memory: \(numbers)", mend: "end other programs, or set LIBGUESTFS_MEMSIZE=512")
    } else {
      add(.ok, "memory: \(numbers)")
    }
  }

  /// supermin keeps the appliance in /var/tmp unless LIBGUESTFS_CACHEDIR says otherwise (guestfs(3)).
  private mutating func examineSpace() {
    let environment = ProcessInfo.processInfo.environment
    let folder = environment["LIBGUESTFS_CACHEDIR"] ?? environment["TMPDIR"] ?? "/var/tmp"
    guard let values = try? FileManager.default.attributesOfFileSystem(forPath: folder),
      let free = (values[.systemFreeSize] as? NSNumber)?.int64Value
    else {
      add(.problem, "the folder \(folder), where the appliance is kept, cannot be used")
      return
    }
    if free < 1 << 30 {
      add(
        .problem, "space: \(megabytes(free)) free in \(folder), an appliance takes up to 1024 MiB",
        mend: "free some, or set LIBGUESTFS_CACHEDIR")
    } else {
      add(.ok, "space: \(megabytes(free)) free in \(folder)")
    }
  }

  private mutating func examineStart(_ virtualization: ApplianceProbe.Virtualization) {
    let progress = output.progressDisplay()
    progress.begin("starting an appliance, to see whether it runs")
    defer { progress.end() }
    var options = ApplianceOptions()
    options.isVerbose = output.verbose
    options.retries = 1
    let start = ContinuousClock.now
    do {
      let usesKVM = try ApplianceProbe.start(options)
      let seconds = (ContinuousClock.now - start).components.seconds
      if usesKVM {
        add(.ok, "the appliance starts with KVM, in \(seconds) s")
      } else if virtualization == .opens {
        add(
          .note, "the appliance starts, but KVM cannot run it: under emulation, in \(seconds) s",
          mend: "export LIBGUESTFS_BACKEND_SETTINGS=force_tcg, so that no scan tries KVM first")
      } else {
        add(.ok, "the appliance starts under emulation, in \(seconds) s")
      }
    } catch {
      add(.problem, error.description)
    }
  }

  private mutating func examineBaselines() {
    let folders = BaselineFolders.standard()
    let files = folders.files
    guard !files.isEmpty else {
      add(
        .problem, "no baselines in \(folders.paths.joined(separator: ", "))",
        mend: "set BRINELL_BASELINES to the folder that holds them")
      return
    }
    var good: [String] = []
    for file in files {
      do {
        let baseline = try BaselineLoader(folders: folders).load([file.path])
        good += baseline.map { "\($0.identity.id) \($0.identity.version)" }
      } catch {
        let first = error.problems.first.map { $0.description } ?? "cannot be read"
        add(.problem, "baseline: \(first)", mend: "brinell baseline validate \(file.path)")
      }
    }
    if good.count > 6 {
      add(.ok, "baselines: \(good.count), which brinell baseline list shows")
    } else if !good.isEmpty {
      add(.ok, "baselines: \(good.joined(separator: ", "))")
    }
  }

  private mutating func examineAdvisories() {
    guard let path = AdvisoryStore.standardPath else {
      add(
        .note, "advisories: none, so vulnerabilities of packages are not judged",
        mend: "brinell advisories update (without a network: import PATH)")
      return
    }
    do {
      let store = try AdvisoryStore(path: path)
      let now = Int64(Date().timeIntervalSince1970)
      let old = store.sources.compactMap { source in
        SourceWords.age(source, asOf: now).map { "\(source.name) \($0)" }
      }
      let names = store.sources.map { "\($0.name) of \($0.date)" }
      if store.sources.isEmpty {
        add(.note, "advisories: \(path) holds none", mend: "brinell advisories update")
      } else if old.isEmpty {
        add(.ok, "advisories: \(names.joined(separator: ", "))")
      } else {
        add(
          .note, "advisories: \(old.joined(separator: ", ")); what is newer is not known",
          mend: "brinell advisories update")
      }
    } catch {
      add(.note, "advisories: \(error.description)", mend: "brinell advisories import PATH")
    }
  }

  /// Programs that only an option asks for.
  private mutating func examinePrograms() {
    for engine in SignatureScanner.Engine.allCases {
      let option = "--\(engine.rawValue)"
      if let path = SignatureScanner.find(engine.program) {
        add(.ok, "\(engine.program), for \(option): \(path)")
      } else {
        add(
          .ok, "\(engine.program) is not installed; only \(option) needs it",
          mend: "sudo apt-get install \(engine.package)")
      }
    }
  }

  private func megabytes(_ bytes: Int64) -> String { "\(bytes >> 20) MiB" }
}
