import ArgumentParser

@main
struct Brinell: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "brinell", abstract: "Tests how hard a virtual machine image is before anyone boots it.")
}
