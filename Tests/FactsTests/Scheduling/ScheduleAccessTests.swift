import Facts
import TestSupport
import Testing

@Suite struct ScheduleAccessTests {
  private func access(_ files: [String: String], _ id: String = "debian") throws -> ScheduleAccess {
    try GuestFixture(files.merging(["/etc/os-release": "ID=\(id)\n"]) { $1 }).model(ScheduleAccess.self)
  }

  @Test func withoutFiles() throws {
    #expect(try access([:]).cron.value == .everybody && access([:]).at.value == .onlyRoot)
    #expect(try access([:], "rhel").cron.value == .onlyRoot)
  }

  @Test func theAllowFileDecidesAlone() throws {
    let cron = try access(["/etc/cron.allow": "# x\nroot\n joe \n\n", "/etc/cron.deny": "joe\n"]).cron
    #expect(cron.value == .only(["root", "joe"]) && cron.shadowed.count == 1)
    #expect(try access(["/etc/cron.allow": ""]).cron.value == .only([]))
  }

  @Test func theDenyFileNamesTheOthers() throws {
    #expect(try access(["/etc/at.deny": "www-data\n"]).at.value == .everybodyBut(["www-data"]))
    #expect(try access(["/etc/cron.deny": ""], "rhel").cron.value == .everybodyBut([]))
  }
}
