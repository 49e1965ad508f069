/// Definitions of machines as the products write them, shortened where nothing is judged.
public enum MachineSamples {
  /// Every sample by name.
  public static let all: [String: String] = [libvirt, ovf, vmx, qemu, exports, reachable].reduce(into: [:]) {
    $0.merge($1) { first, _ in first }
  }

  private static let libvirt = [
    "libvirt-hard": """
    <domain type='kvm'>
      <name>hard</name>
      <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
      <memory unit='KiB'>2097152</memory>
      <memoryBacking><nosharepages/></memoryBacking>
      <os firmware='efi'>
        <type arch='x86_64' machine='pc-q35-9.2'>hvm</type>
        <firmware>
          <feature enabled='yes' name='enrolled-keys'/>
          <feature enabled='yes' name='secure-boot'/>
        </firmware>
        <loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.ms.fd</loader>
        <nvram template='/usr/share/OVMF/OVMF_VARS_4M.ms.fd'>/var/lib/libvirt/qemu/nvram/hard_VARS.fd</nvram>
      </os>
      <features><acpi/><apic/><smm state='on'/></features>
      <cpu mode='host-passthrough' check='none'>
        <feature policy='disable' name='vmx'/>
        <feature policy='disable' name='svm'/>
      </cpu>
      <on_crash>destroy</on_crash>
      <devices>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2' cache='none'/>
          <source file='/var/lib/libvirt/images/hard.qcow2'>
            <encryption format='luks'><secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/></encryption>
          </source>
          <target dev='vda' bus='virtio'/>
        </disk>
        <disk type='network' device='disk'>
          <driver name='qemu' type='raw'/>
          <source protocol='nbd' name='data' tls='yes'><host name='nbd.example.org' port='10809'/></source>
          <encryption format='luks'><secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d70'/></encryption>
          <target dev='vdb' bus='virtio'/>
        </disk>
        <interface type='bridge'>
          <mac address='52:54:00:11:22:33'/>
          <source bridge='br0'/>
          <model type='virtio'/>
          <filterref filter='clean-traffic'/>
        </interface>
        <serial type='pty'><target type='isa-serial' port='0'/></serial>
        <console type='pty'><target type='serial' port='0'/></console>
        <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
        <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
        <graphics type='spice' autoport='yes' listen='127.0.0.1' defaultMode='secure'>
          <listen type='address' address='127.0.0.1'/>
          <clipboard copypaste='no'/>
          <filetransfer enable='no'/>
        </graphics>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
      </devices>
      <seclabel type='dynamic' model='apparmor' relabel='yes'/>
    </domain>
    """,
    // What virt-install of Debian 12 makes by default.
    "libvirt-stock": """
    <domain type="kvm">
      <name>debian12</name>
      <memory>2097152</memory>
      <os><type arch="x86_64" machine="q35">hvm</type><boot dev="hd"/></os>
      <features><acpi/><apic/><vmport state="off"/></features>
      <cpu mode="host-passthrough"/>
      <devices>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        <disk type="file" device="disk">
          <driver name="qemu" type="qcow2" discard="unmap"/>
          <source file="/var/lib/libvirt/images/debian12.qcow2"/>
          <target dev="vda" bus="virtio"/>
        </disk>
        <disk type="file" device="cdrom"><target dev="sda" bus="sata"/><readonly/></disk>
        <interface type="network">
          <source network="default"/><mac address="52:54:00:aa:bb:cc"/><model type="virtio"/>
        </interface>
        <console type="pty"/>
        <channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/></channel>
        <channel type="spicevmc"><target type="virtio" name="com.redhat.spice.0"/></channel>
        <input type="tablet" bus="usb"/>
        <graphics type="spice" port="-1" tlsPort="-1" autoport="yes"><image compression="off"/></graphics>
        <sound model="ich9"/>
        <redirdev bus="usb" type="spicevmc"/>
        <redirdev bus="usb" type="spicevmc"/>
        <rng model="virtio"><backend model="random">/dev/urandom</backend></rng>
      </devices>
    </domain>
    """,
    "libvirt-weak": """
    <?xml version='1.0' encoding='utf-8'?>
    <domstatus state='running' pid='1234'>
    <domain type='qemu' id='7' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>weak</name>
      <memory dumpCore='on'>1048576</memory>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model><feature policy='require' name='vmx'/></cpu>
      <on_crash>coredump-restart</on_crash>
      <devices>
        <disk type='file' device='disk'>
          <driver name='qemu' type='raw' cache='unsafe'/><source file='/srv/weak.img'/><target dev='hda' bus='ide'/>
        </disk>
        <disk type='network' device='disk'>
          <driver name='qemu' type='raw' discard='unmap'/>
          <source protocol='iscsi' name='iqn.2013-07.com.example:disk/1'><host name='10.0.0.5' port='3260'/></source>
          <encryption format='luks'/><target dev='sdb' bus='scsi'/>
        </disk>
        <disk type='file' device='floppy'><source file='/srv/floppy.img'/><target dev='fda' bus='fdc'/></disk>
        <interface type='direct' trustGuestRxFilters='yes'>
          <mac address='52:54:00:00:00:01'/><source dev='eth0' mode='vepa'/><model type='rtl8139'/>
        </interface>
        <serial type='dev'><source path='/dev/ttyS0'/><target port='0'/></serial>
        <serial type='tcp'><source mode='bind' host='0.0.0.0' service='2445' tls='no'/><target port='1'/></serial>
        <parallel type='pty'><target port='0'/></parallel>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
        <filesystem type='mount' accessmode='passthrough'>
          <driver type='virtiofs'/><source dir='/srv/share'/><target dir='build'/>
        </filesystem>
        <hostdev mode='subsystem' type='pci' managed='yes'>
          <source><address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/></source>
        </hostdev>
        <redirdev bus='usb' type='spicevmc'/>
        <tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>
        <graphics type='spice' port='5900' listen='0.0.0.0' passwd='letmein'><listen type='address' address='0.0.0.0'/></graphics>
        <graphics type='vnc' port='5901' listen='::'/>
        <video><model type='cirrus'/></video>
      </devices>
      <seclabel type='none'/>
      <qemu:commandline>
        <qemu:arg value='-monitor'/>
        <qemu:arg value='tcp:0.0.0.0:4444,server=on,wait=off'/>
      </qemu:commandline>
    </domain>
    </domstatus>
    """,
    "libvirt-arm": """
    <domain type='kvm'>
      <name>arm</name>
      <os>
        <type arch='aarch64' machine='virt'>hvm</type>
        <loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>
        <nvram template='/usr/share/AAVMF/AAVMF_VARS.fd'/>
      </os>
      <devices>
        <disk type='block' device='lun'><source dev='/dev/sdx'/><target dev='sda' bus='scsi'/></disk>
        <interface type='user'><model type='virtio'/></interface>
        <graphics type='vnc'><listen type='network' network='management'/></graphics>
        <input type='tablet' bus='usb'/>
      </devices>
    </domain>
    """,
    "libvirt-snakeoil": """
    <domain type='kvm'>
      <name>snakeoil</name>
      <os>
        <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
        <loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</loader>
        <nvram template='/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd'>/var/lib/libvirt/qemu/nvram/x.fd</nvram>
      </os>
      <features><smm state='on'/></features>
      <cpu mode='custom'><model>Skylake-Server-IBRS</model>
        <feature policy='require' name='ssbd'/><feature policy='require' name='md-clear'/></cpu>
      <devices>
        <tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>
        <graphics type='vnc' socket='/run/vnc.sock' passwd=''/>
      </devices>
    </domain>
    """,
  ]

  private static func envelope(_ content: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:vmw="http://www.vmware.com/schema/ovf"
      xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
      xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
      <ovf:References><ovf:File ovf:href="disk1.vmdk" ovf:id="file1"/></ovf:References>
      <ovf:DiskSection><ovf:Info/><ovf:Disk ovf:capacity="8" ovf:diskId="vmdisk1" ovf:fileRef="file1"/></ovf:DiskSection>
      <ovf:VirtualSystem ovf:id="vm">
        <ovf:Info>A virtual machine</ovf:Info>
    \(content)
      </ovf:VirtualSystem>
    </ovf:Envelope>
    """
  }

  private static let disk = """
    <ovf:Item><rasd:ElementName>Hard disk 1</rasd:ElementName><rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource>
    <rasd:InstanceID>7</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></ovf:Item>
    """

  private static let ovf = [
    "ovf-hard": envelope(
      """
      <ovf:VirtualHardwareSection>
        <ovf:System><vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></ovf:System>
        \(disk)
        <ovf:Item ovf:required="false"><rasd:ElementName>Virtual TPM</rasd:ElementName><rasd:InstanceID>13</rasd:InstanceID>
          <rasd:ResourceSubType>vmware.vtpm</rasd:ResourceSubType><rasd:ResourceType>1</rasd:ResourceType></ovf:Item>
        <ovf:Item><rasd:ElementName>Network adapter 1</rasd:ElementName><rasd:Connection>VM Network</rasd:Connection>
          <rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></ovf:Item>
        <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
        <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="true"/>
        <vmw:ExtraConfig ovf:required="false" vmw:key="isolation.tools.copy.disable" vmw:value="true"/>
        <vmw:ExtraConfig ovf:required="false" vmw:key="isolation.tools.paste.disable" vmw:value="true"/>
        <vmw:ExtraConfig ovf:required="false" vmw:key="isolation.tools.dnd.disable" vmw:value="true"/>
      </ovf:VirtualHardwareSection>
      <ovf:ProductSection><ovf:Property ovf:key="password" ovf:type="string" ovf:password="true" ovf:userConfigurable="true"/>
      </ovf:ProductSection>
      """),
    "ovf-weak": envelope(
      """
      <ovf:VirtualHardwareSection>
        <ovf:System><vssd:VirtualSystemType>vmx-08</vssd:VirtualSystemType></ovf:System>
        \(disk)
        <ovf:Item><rasd:ElementName>Floppy 1</rasd:ElementName><rasd:ResourceType>14</rasd:ResourceType></ovf:Item>
        <ovf:Item><rasd:ElementName>Network adapter 1</rasd:ElementName><rasd:Connection>VM Network</rasd:Connection>
          <rasd:ResourceSubType>PCNet32</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></ovf:Item>
        <ovf:Item><rasd:ElementName>PCI device 0</rasd:ElementName>
          <rasd:ResourceSubType>vmware.pci.passthrough</rasd:ResourceSubType><rasd:ResourceType>1</rasd:ResourceType></ovf:Item>
        <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="false"/>
        <vmw:Config ovf:required="false" vmw:key="nestedHVEnabled" vmw:value="true"/>
        <vmw:ExtraConfig ovf:required="false" vmw:key="isolation.tools.copy.disable" vmw:value="false"/>
        <vmw:ExtraConfig ovf:required="false" vmw:key="isolation.tools.dnd.disable" vmw:value="FALSE"/>
      </ovf:VirtualHardwareSection>
      <ovf:ProductSection>
        <ovf:Property ovf:key="admin_pw" ovf:type="string" ovf:password="true" ovf:value="hunter2"/>
        <ovf:Property ovf:key="hostname" ovf:type="string" ovf:value="vm"/>
      </ovf:ProductSection>
      """),
    "ovf-plain": envelope(
      """
      <ovf:VirtualHardwareSection>\(disk)</ovf:VirtualHardwareSection>
      """),
    "ovf-virtualbox": envelope(
      """
      <ovf:VirtualHardwareSection>
        <ovf:System><vssd:VirtualSystemType>virtualbox-2.2</vssd:VirtualSystemType></ovf:System>\(disk)
      </ovf:VirtualHardwareSection>
      <vbox:Machine ovf:required="false" version="1.19-linux" uuid="{8c0d}" name="vm" OSType="Debian_64">
        <Hardware>
          <CPU count="1"><NestedHWVirt enabled="true"/></CPU>
          <Firmware type="EFI"/>
          <TrustedPlatformModule type="v1_2" location=""/>
          <Clipboard mode="Bidirectional"/>
          <SharedFolders><SharedFolder name="src" hostPath="/home/me/src" writable="true" autoMount="true"/></SharedFolders>
        </Hardware>
      </vbox:Machine>
      """),
  ]

  private static let vmx = [
    "vmx-hard": """
    .encoding = "UTF-8"
    config.version = "8"
    virtualHW.version = "21"
    displayName = "hard"
    guestOS = "debian12-64"
    firmware = "efi"
    uefi.secureBoot.enabled = "TRUE"
    vtpm.present = "TRUE"
    encryption.keySafe = "vmware:key/list/(pair/(null/x,HMAC-SHA-256,y))"
    scsi0.present = "TRUE"
    scsi0:0.present = "TRUE"
    scsi0:0.fileName = "hard.vmdk"
    ethernet0.present = "TRUE"
    ethernet0.virtualDev = "vmxnet3"
    ethernet0.address = "00:50:56:00:00:01"
    ethernet0.connectionType = "nat"
    floppy0.present = "FALSE"
    isolation.tools.copy.disable = "TRUE"
    isolation.tools.paste.disable = "TRUE"
    isolation.tools.dnd.disable = "TRUE"
    isolation.tools.diskShrink.disable = "TRUE"
    isolation.tools.diskWiper.disable = "TRUE"
    isolation.device.connectable.disable = "TRUE"
    tools.setInfo.sizeLimit = "1048576"
    log.keepOld = "10"
    sched.mem.pshare.enable = "FALSE"
    """,
    "vmx-weak": """
    #!/usr/bin/vmware
    .encoding = "windows-1252"
    config.version = "8"
    virtualHW.version = "7"
    displayName = "weak |22quoted|22"
    guestOS = "other"
    scsi0:0.present = "TRUE"
    scsi0:0.fileName = "weak.vmdk"
    scsi0:0.deviceType = "rawDisk"
    ethernet0.present = "TRUE"
    ethernet0.virtualDev = "vlance"
    ethernet0.noPromisc = "FALSE"
    floppy0.present = "TRUE"
    serial0.present = "TRUE"
    serial0.fileType = "network"
    serial0.fileName = "telnet://:2001"
    serial1.present = "TRUE"
    serial1.fileType = "device"
    serial1.fileName = "/dev/ttyS0"
    pciPassthru0.present = "TRUE"
    vhv.enable = "TRUE"
    RemoteDisplay.vnc.enabled = "TRUE"
    RemoteDisplay.vnc.port = "5900"
    sharedFolder0.present = "TRUE"
    sharedFolder0.enabled = "TRUE"
    sharedFolder0.writeAccess = "TRUE"
    sharedFolder0.guestName = "host"
    isolation.tools.copy.disable = "FALSE"
    isolation.tools.dnd.disable = "FALSE"
    isolation.tools.setGUIOptions.enable = "TRUE"
    tools.setInfo.sizeLimit = "0"
    logging = "FALSE"
    sched.mem.pshare.salt = "all"
    guestinfo.admin.password = "hunter2"
    """,
  ]

  private static let qemu = [
    "qemu-hard": #"""
    #!/bin/sh
    # Starts the machine.
    exec qemu-system-x86_64 \
      -name hard -nodefaults -enable-kvm \
      -machine q35,smm=on,mem-merge=off \
      -cpu host,-vmx,svm=off -m 2048 \
      -global driver=cfi.pflash01,property=secure,value=on \
      -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
      -drive if=pflash,format=raw,file=/srv/OVMF_VARS_4M.ms.fd \
      -object secret,id=k0,file=/etc/keys/k0 \
      -drive 'file=/srv/a disk.qcow2,if=virtio,encrypt.format=luks,encrypt.key-secret=k0,cache=none' \
      -chardev socket,id=tpm,path=/run/swtpm.sock -tpmdev emulator,id=tpm0,chardev=tpm \
      -device tpm-crb,tpmdev=tpm0 \
      -netdev user,id=n0 -device virtio-net-pci,netdev=n0 \
      -device virtio-rng-pci \
      -vnc unix:/run/vnc.sock -monitor unix:/run/mon.sock,server=on,wait=off \
      -sandbox on,obsolete=deny,spawn=deny
    """#,
    "qemu-weak": """
    #!/bin/bash
    IMG=/srv/weak.img
    sudo qemu-system-i386 -m 512 -hda "$IMG" -cpu kvm64,+vmx \\
      -drive file=nbd://10.0.0.5/data,id=net,cache=unsafe,format=raw \\
      -drive file=secret.qcow2,id=luks,encrypt.format=luks,discard=unmap \\
      -net nic,model=ne2k_pci -netdev tap,id=t0,ifname=tap0 -fda boot.img \\
      -vnc :0 -spice port=5930,disable-ticketing=on -device virtio-serial \\
      -chardev qemu-vdagent,id=v,clipboard=on -device virtserialport,chardev=v,name=com.redhat.spice.0 \\
      -device virtserialport,chardev=qga,name=org.qemu.guest_agent.0 \\
      -virtfs local,path=/home,mount_tag=home,security_model=none \\
      -device vfio-pci,host=01:00.0 -device usb-redir,chardev=u -serial tcp::4444,server=on -serial /dev/ttyS1 \\
      -qmp tcp:localhost:4445,server=on -s -incoming tcp:0:4446 -watchdog-action dump \\
      -object secret,id=s0,data=hunter2
    """,
    // As libvirt logs it to /var/log/libvirt/qemu.
    "qemu-json": #"""
    LC_ALL=C \
    PATH=/usr/bin \
    /usr/bin/qemu-system-x86_64 \
    -name guest=json,debug-threads=on \
    -S \
    -object '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/var/lib/libvirt/qemu/master-key.aes"}' \
    -blockdev '{"driver":"file","filename":"/usr/share/OVMF/OVMF_CODE_4M.ms.fd","node-name":"libvirt-pflash0-storage"}' \
    -blockdev '{"node-name":"libvirt-pflash0-format","read-only":true,"driver":"raw","file":"libvirt-pflash0-storage"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/libvirt/qemu/nvram/json_VARS.fd","node-name":"libvirt-pflash1-storage"}' \
    -blockdev '{"node-name":"libvirt-pflash1-format","read-only":false,"driver":"raw","file":"libvirt-pflash1-storage"}' \
    -machine pc-q35-7.2,usb=off,smm=on,pflash0=libvirt-pflash0-format,pflash1=libvirt-pflash1-format \
    -accel kvm \
    -cpu Cascadelake-Server,vmx=off \
    -global driver=cfi.pflash01,property=secure,value=on \
    -blockdev '{"driver":"nbd","server":{"type":"inet","host":"10.0.0.5","port":"10809"},"node-name":"libvirt-1-storage"}' \
    -blockdev '{"node-name":"libvirt-1-format","driver":"raw","file":"libvirt-1-storage","cache":{"no-flush":true}}' \
    -device '{"driver":"virtio-blk-pci","drive":"libvirt-1-format","id":"virtio-disk0"}' \
    -chardev socket,id=charmonitor,fd=26,server=on,wait=off,path=/run/x \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -netdev '{"type":"tap","fds":"34","vhost":true,"id":"hostnet0"}' \
    -device '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:aa:bb:cc"}' \
    -vnc 127.0.0.1:0,password=on \
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    """#,
  ]
}
