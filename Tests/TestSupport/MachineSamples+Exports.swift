/// Definitions as virt-install, an operator's own hand and vSphere's export write them, from end to end.
extension MachineSamples {
  static let exports = [
    "libvirt-windows": """
    <domain type='kvm' id='3'>
      <name>win11</name>
      <uuid>0f4c9b62-6a3e-4e0b-9a3c-2f6b7a6f1c11</uuid>
      <metadata>
        <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
          <libosinfo:os id="http://microsoft.com/win/11"/>
        </libosinfo:libosinfo>
      </metadata>
      <memory unit='KiB'>8388608</memory>
      <vcpu placement='static'>4</vcpu>
      <os firmware='efi'>
        <type arch='x86_64' machine='pc-q35-8.2'>hvm</type>
        <firmware>
          <feature enabled='yes' name='enrolled-keys'/>
          <feature enabled='yes' name='secure-boot'/>
        </firmware>
        <loader readonly='yes' secure='yes' type='pflash'>/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd</loader>
        <nvram template='/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd'>/var/lib/libvirt/qemu/nvram/win11_VARS.fd</nvram>
        <boot dev='hd'/>
      </os>
      <features><acpi/><apic/><hyperv mode='custom'><relaxed state='on'/></hyperv><smm state='on'/></features>
      <cpu mode='host-passthrough' check='none' migratable='on'/>
      <clock offset='localtime'/>
      <on_crash>coredump-restart</on_crash>
      <devices>
        <emulator>/usr/libexec/qemu-kvm</emulator>
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2' cache='writeback' discard='unmap'/>
          <source file='/var/lib/libvirt/images/win11.qcow2'/>
          <target dev='sda' bus='sata'/>
        </disk>
        <disk type='file' device='cdrom'>
          <driver name='qemu' type='raw'/><target dev='sdb' bus='sata'/><readonly/>
        </disk>
        <interface type='network'>
          <mac address='52:54:00:6b:3c:58'/><source network='default'/><model type='e1000e'/>
        </interface>
        <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
        <input type='tablet' bus='usb'/>
        <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
        <graphics type='spice' autoport='yes' listen='127.0.0.1'>
          <listen type='address' address='127.0.0.1'/><clipboard copypaste='no'/><filetransfer enable='no'/>
        </graphics>
        <sound model='ich9'/>
        <video><model type='qxl' ram='65536' vram='65536' vgamem='16384' heads='1'/></video>
        <redirdev bus='usb' type='spicevmc'/>
        <memballoon model='virtio'/>
        <watchdog model='itco' action='reset'/>
      </devices>
      <seclabel type='dynamic' model='selinux' relabel='yes'/>
    </domain>
    """,
    "libvirt-storage": """
    <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>ceph-node</name>
      <memory unit='GiB'>16</memory>
      <os>
        <type arch='x86_64' machine='pc-q35-9.1'>hvm</type>
        <loader readonly='yes' secure='no' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>
        <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>/var/lib/libvirt/qemu/nvram/ceph_VARS.fd</nvram>
      </os>
      <features><acpi/><apic/></features>
      <cpu mode='custom' match='exact'>
        <model fallback='forbid'>EPYC-Milan</model>
        <feature policy='disable' name='svm'/>
        <feature policy='require' name='virt-ssbd'/>
      </cpu>
      <devices>
        <disk type='network' device='disk'>
          <driver name='qemu' type='raw' cache='none' discard='unmap'/>
          <source protocol='nbd' name='root' tls='yes'><host name='store.example.org' port='10809'/></source>
          <target dev='vda' bus='virtio'/>
          <encryption format='luks'><secret type='passphrase' uuid='f1b3c2d4-0000-4000-8000-000000000001'/></encryption>
        </disk>
        <disk type='network' device='disk'>
          <driver name='qemu' type='raw' cache='none'/>
          <source protocol='https' name='data.img'><host name='store.example.org' port='443'/></source>
          <target dev='vdb' bus='virtio'/>
          <encryption format='luks'><secret type='passphrase' uuid='f1b3c2d4-0000-4000-8000-000000000002'/></encryption>
        </disk>
        <interface type='bridge'>
          <source bridge='br0'/><model type='virtio'/><filterref filter='clean-traffic'/>
        </interface>
        <serial type='pty'><target port='0'/></serial>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        <filesystem type='mount' accessmode='mapped'>
          <source dir='/srv/keys'/><target dir='keys'/><readonly/>
        </filesystem>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
        <tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>
        <memballoon model='none'/>
      </devices>
      <qemu:commandline><qemu:arg value='-msg'/><qemu:arg value='timestamp=on'/></qemu:commandline>
    </domain>
    """,
    "ovf-vsphere": """
    <?xml version="1.0" encoding="UTF-8"?>
    <Envelope vmw:buildId="build-19482537" xmlns="http://schemas.dmtf.org/ovf/envelope/1"
      xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
      xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
      xmlns:vmw="http://www.vmware.com/schema/ovf"
      xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
      <References><File ovf:href="app-1.vmdk" ovf:id="file1" ovf:size="712345600"/></References>
      <DiskSection><Info>Virtual disk information</Info>
        <Disk ovf:capacity="32" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1" ovf:fileRef="file1"
          ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
      </DiskSection>
      <NetworkSection><Info>The list of logical networks</Info><Network ovf:name="Servers"/></NetworkSection>
      <VirtualSystem ovf:id="app">
        <Info>A virtual machine</Info>
        <Name>app</Name>
        <OperatingSystemSection ovf:id="96" vmw:osType="debian11_64Guest"><Info>The guest</Info></OperatingSystemSection>
        <VirtualHardwareSection>
          <Info>Virtual hardware requirements</Info>
          <System>
            <vssd:ElementName>Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
            <vssd:VirtualSystemIdentifier>app</vssd:VirtualSystemIdentifier>
            <vssd:VirtualSystemType>vmx-20</vssd:VirtualSystemType>
          </System>
          <Item><rasd:ElementName>2 virtual CPU(s)</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID>
            <rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
          <Item><rasd:ElementName>Hard disk 1</rasd:ElementName>
            <rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>7</rasd:InstanceID>
            <rasd:ResourceType>17</rasd:ResourceType></Item>
          <Item ovf:required="false"><rasd:ElementName>CD/DVD drive 1</rasd:ElementName>
            <rasd:InstanceID>8</rasd:InstanceID><rasd:ResourceSubType>vmware.cdrom.remotepassthrough</rasd:ResourceSubType>
            <rasd:ResourceType>15</rasd:ResourceType></Item>
          <Item><rasd:ElementName>Network adapter 1</rasd:ElementName><rasd:Connection>Servers</rasd:Connection>
            <rasd:InstanceID>9</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType>
            <rasd:ResourceType>10</rasd:ResourceType></Item>
          <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="bios"/>
          <vmw:Config ovf:required="false" vmw:key="nestedHVEnabled" vmw:value="false"/>
        </VirtualHardwareSection>
        <ProductSection ovf:required="false">
          <Info>Settings of the appliance</Info>
          <Property ovf:key="root_password" ovf:type="string" ovf:userConfigurable="true" ovf:value="hunter2"/>
        </ProductSection>
      </VirtualSystem>
    </Envelope>
    """,
  ]
}
