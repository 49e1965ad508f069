import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct GrubEvaluatorTests {
  /// What Debian's grub-mkconfig writes, without most of the fonts.
  private static let debian = """
    if [ -s $prefix/grubenv ]; then
      set have_grubenv=true
      load_env
    fi
    if [ "${next_entry}" ] ; then
       set default="${next_entry}"
       set next_entry=
       save_env next_entry
    else
       set default="0"
    fi

    if [ x"${feature_menuentry_id}" = xy ]; then
      menuentry_id_option="--id"
    else
      menuentry_id_option=""
    fi
    export menuentry_id_option

    function savedefault {
      if [ -z "${boot_once}" ]; then
        saved_entry="${chosen}"
        save_env saved_entry
      fi
    }
    function load_video {
      if [ x$feature_all_video_module = xy ]; then
        insmod all_video
      else
        insmod vga
      fi
    }
    if [ x$feature_default_font_path = xy ] ; then
       font=unicode
    else
    insmod part_gpt
        font="/usr/share/grub/unicode.pf2"
    fi
    if loadfont $font ; then
      set gfxmode=auto
      load_video
      insmod gfxterm
    fi
    terminal_output gfxterm
    if [ "${recordfail}" = 1 ] ; then
      set timeout=30
    else
      if [ x$feature_timeout_style = xy ] ; then
        set timeout_style=menu
        set timeout=0
      # Fallback normal timeout code.
      else
        set timeout=0
      fi
    fi
    function gfxmode {
    	set gfxpayload="${1}"
    }
    set linux_gfx_mode=
    export linux_gfx_mode
    menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option 'simple-1' {
    	load_video
    	insmod gzio
    	if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
    	search --no-floppy --fs-uuid --set=root 0a
    	echo	'Loading Linux 6.1.0-40-amd64 ...'
    	linux	/boot/vmlinuz-6.1.0-40-amd64 root=UUID=0a ro quiet
    	initrd	/boot/initrd.img-6.1.0-40-amd64
    }
    submenu 'Advanced options' $menuentry_id_option 'advanced' {
    	menuentry 'Linux 6.1.0-39-amd64' --class debian $menuentry_id_option 'old' {
    		linux	/boot/vmlinuz-6.1.0-39-amd64 root=UUID=0a ro
    	}
    }
    menuentry 'Memory test' { linux16 /boot/memtest86+x64.bin }
    menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
    	fwsetup
    }
    menuentry 'Other' {
    	linux /boot/vmlinuz-5 ro
    }
    if [ -f  ${config_directory}/custom.cfg ]; then
      source ${config_directory}/custom.cfg
    elif [ -z "${config_directory}" -a -f  $prefix/custom.cfg ]; then
      source $prefix/custom.cfg
    fi
    """

  private func menu(_ script: String, _ others: [String: String] = [:]) throws -> GrubMenu {
    let guest = GuestFixture(others.merging(["/boot/grub/grub.cfg": script]) { $1 })
    var evaluator = GrubEvaluator(try guest.evidence(), directory: "/boot/grub")
    try evaluator.run("/boot/grub/grub.cfg")
    return evaluator.menu
  }

  @Test(arguments: [
    ("", "6.1.0-40-amd64"), ("next_entry=old", "6.1.0-40-amd64"),
    ("next_entry=advanced>old", "6.1.0-39-amd64"),
    ("next_entry=4", "5"), ("next_entry=Other", "5"), ("next_entry=1", "6.1.0-39-amd64"),
    ("next_entry=9", "6.1.0-40-amd64"), ("next_entry=5", "7"),
  ])
  func theDefaultCountsEveryItem(_ environment: String, _ version: String) throws {
    let files = [
      "/boot/grub/grubenv": "# GRUB Environment Block\n\(environment)\n####",
      "/boot/grub/custom.cfg": "menuentry 'Mine' {\nlinux /boot/vmlinuz-7 ro\n}\n",
    ]
    let menu = try menu(Self.debian, files)
    #expect(menu.defaultKernel(loaderEntries: [])?.kernelVersion == version)
    #expect(menu.items.count == 6)
    #expect(menu.unread.isEmpty)
    #expect(
      menu.kernels(loaderEntries: []).map(\.kernelVersion)
        == ["6.1.0-40-amd64", "6.1.0-39-amd64", "5", "7"])
  }

  @Test(arguments: [
    ("[ a = a ]", "yes"), ("[ a != a ]", "no"), ("false", "no"), ("true", "yes"),
    ("test -z \"$none\"", "yes"),
    ("[ -n \"$none\" ]", "no"), ("[ ! -f /boot/grub/none ]", "yes"), ("[ -f $prefix/grub.cfg ]", "yes"),
    ("[ -f (hd0,gpt1)/grub/grub.cfg ]", "yes"), ("[ -d /boot/grub/grub.cfg ]", "no"),
    ("[ -s /boot/grub/grub.cfg -a 2 -gt 10 ]", "no"), ("[ 1 = 2 -o 3 -le 3 ]", "yes"),
    ("[ \"${grub_platform}\" = efi ]", "both"), ("loadfont unicode", "both"), ("search --label x", "both"),
    ("[ $root = hd0 -a 1 = 2 ]", "no"), ("[ ( a = a ) ]", "both"),
  ])
  func ofAConditionTheBranchThatIsTakenCounts(_ condition: String, _ branch: String) throws {
    let script = "if \(condition); then\nlinux /vmlinuz-yes\nelse\nlinux /vmlinuz-no\nfi\n"
    let menu = try menu("menuentry x {\n\(script)}\n")
    let found = menu.kernels(loaderEntries: []).compactMap(\.kernelVersion)
    #expect(found == (branch == "both" ? ["yes", "no"] : [branch]))
  }

  @Test func variablesBringWordsUnlessTheyStandInQuotes() throws {
    let script = """
      set opts="ro audit=1"
      empty=
      menuentry "It's ${opts}" {
        linux ($root)/vmlinuz-1 $opts "a=$opts" 'b=$opts' c\\ d $empty \\
          nosmap # quiet
      }
      """
    let entry = try #require(try menu(script).kernels(loaderEntries: []).first)
    #expect(entry.title == "It's ro audit=1" && entry.kernel == "/vmlinuz-1")
    #expect(entry.arguments.arguments.map(\.name) == ["ro", "audit", "a", "b", "c d", "nosmap"])
    #expect(entry.arguments.last("a")?.value == "ro audit=1" && entry.arguments.last("b")?.value == "$opts")
    #expect(entry.origin.line == 4)
  }

  @Test func functionsRunWhereTheyAreCalled() throws {
    let script = """
      function never { linux /vmlinuz-never }
      function load {
        linux /vmlinuz-1 quiet
      }
      menuentry x { load }
      """
    #expect(try menu(script).kernels(loaderEntries: []).map(\.kernelVersion) == ["1"])
  }

  @Test(arguments: [("keep", "vt.handoff"), ("text", "none")])
  func aFunctionFindsItsArguments(_ mode: String, _ argument: String) throws {
    let script = """
      function gfxmode {
        if [ "${1}" = "keep" ]; then set handoff=vt.handoff=7; else set handoff=none; fi
      }
      menuentry x { gfxmode \(mode); linux /vmlinuz-1 $handoff }
      """
    #expect(try menu(script).kernels(loaderEntries: [])[0].arguments.arguments.map(\.name) == [argument])
  }

  @Test func aValueThatDependsOnTheMachineDecidesNothing() throws {
    let script = """
      if [ $grub_platform = efi ]; then set flag=1; fi
      set superusers="root"
      if [ "$flag" = 1 ]; then password_pbkdf2 root grub.pbkdf2.sha512.10000.A.B; fi
      set flag=2
      if [ "$flag" = 1 ]; then password joe secret; fi
      password_pbkdf2 jim grub.pbkdf2.sha512.10000.A.B
      """
    #expect(try menu(script).passwords.map(\.user) == ["root", "jim"])
    #expect(try menu(script).passwords.map(\.isUncertain) == [true, false])
  }

  @Test func whatAnEntrySetsDoesNotChangeTheMenu() throws {
    let script = """
      set superusers="root"
      menuentry x {
        set superusers=""
        set default=7
        password root secret
        linux /vmlinuz-1
      }
      """
    let menu = try menu(script)
    #expect(menu.superuserNames == ["root"] && menu.passwords.isEmpty && menu.variables["default"] == nil)
  }

  @Test(arguments: [
    ("load_env", "1 2"), ("load_env -f /boot/grub/other", "3 "), ("load_env b", " 2"),
    ("load_env --skip-sig --file /boot/grub/other a", "3 "), ("load_env --file /none", " "),
  ])
  func theEnvironmentIsReadAsFarAsItIsAsked(_ command: String, _ expected: String) throws {
    let menu = try menu(
      "\(command)\nset result=\"$a $b\"\n",
      ["/boot/grub/grubenv": "# GRUB\na=1\nb=2\n###", "/boot/grub/other": "a=3\n"])
    #expect(menu.variables["result"] == expected)
  }

  @Test func filesThatSourceEachOtherEnd() throws {
    let script = "source /boot/grub/a.cfg\nfunction f { f; }\nf\nmenuentry x { linux /vmlinuz-1 }\n"
    let menu = try menu(
      script, ["/boot/grub/a.cfg": "source /boot/grub/grub.cfg\nconfigfile /boot/grub/a.cfg\n"])
    #expect(menu.kernels(loaderEntries: []).count == 1)
    #expect(
      menu.unread == [
        EvidenceGap(path: "/boot/grub/grub.cfg", reason: "its files and functions are nested too deeply")
      ])
  }

  @Test(arguments: [
    "if", "if [ x", "menuentry", "menuentry x {", "}", "{", "$", "${", "${a", "\"", "'", "\\",
    "if true; then }",
    "fi fi", "for x in", "while true; do", "function", "function f {", "elif", "[ ]", "[", "set", "set =",
    "=",
    "linux", "password", "load_env -f", "source", "submenu x { submenu y {", "\u{0}",
    "if true; then menuentry x {\nfi }",
  ])
  func brokenScriptsEnd(_ script: String) throws {
    let menu = try menu(script + "\nmenuentry y {\nlinux /vmlinuz-1\n}\n")
    #expect(menu.kernels(loaderEntries: []).count <= 1)
    _ = try self.menu(script)
  }

  @Test func blocksThatAreNestedTooDeeplyAreNotKnown() throws {
    let menu = try menu(String(repeating: "if true; then menuentry x {\n", count: 50_000))
    #expect(menu.unread.first?.reason == "its blocks are nested too deeply")
  }

  @Test func manyStatementsEndWithAGap() throws {
    let calls = String(repeating: "f\n", count: 2000)
    let menu = try menu("function f {\n\(String(repeating: "true\n", count: 1000))}\n\(calls)")
    #expect(menu.unread.map(\.reason) == ["it has too many statements"])
  }

  @Test func theNumberOfKernelsIsBounded() throws {
    let menu = try menu(String(repeating: "menuentry 'x' {\nlinux /vmlinuz-1 a\n}\n", count: 5000))
    #expect(menu.kernels(loaderEntries: []).count == 4096)
    #expect(menu.unread.map(\.reason) == ["it has more than 4096 kernels"])
  }
}
