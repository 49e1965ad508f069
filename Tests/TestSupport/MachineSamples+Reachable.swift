/// Whole definitions of machines whose ports, displays and disks are on the network, and what protects them there.
extension MachineSamples {
  static let reachable = [
    "libvirt-console": """
    <domain type='kvm' id='12'>
      <name>router</name>
      <uuid>6d1c1a2e-5a0c-4c55-93c1-0d5a4d0b7a55</uuid>
      <memory unit='KiB'>1048576</memory>
      <currentMemory unit='KiB'>1048576</currentMemory>
      <memoryBacking><nosharepages/></memoryBacking>
      <vcpu placement='static'>2</vcpu>
      <os firmware='efi'>
        <type arch='x86_64' machine='pc-q35-8.2'>hvm</type>
        <firmware>
          <feature enabled='yes' name='enrolled-keys'/>
          <feature enabled='yes' name='secure-boot'/>
        </firmware>
        <boot dev='hd'/>
      </os>
      <features><acpi/><apic/><smm state='on'/></features>
      <cpu mode='host-model' check='partial'><feature policy='disable' name='vmx'/></cpu>
      <clock offset='utc'/>
      <on_poweroff>destroy</on_poweroff>
      <on_reboot>restart</on_reboot>
      <on_crash>destroy</on_crash>
      <devices>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        <disk type='block' device='disk'>
          <driver name='qemu' type='raw' cache='none' io='native'/>
          <source dev='/dev/vg0/router'/><target dev='vda' bus='virtio'/>
          <encryption format='luks'><secret type='passphrase' uuid='f1b3c2d4-0000-4000-8000-000000000003'/></encryption>
        </disk>
        <controller type='pci' index='0' model='pcie-root'/>
        <interface type='bridge'>
          <mac address='52:54:00:3c:01:01'/><source bridge='br-wan'/><model type='virtio'/>
          <filterref filter='clean-traffic'/>
        </interface>
        <serial type='tcp'>
          <source mode='bind' host='10.0.0.8' service='4555' tls='yes'/><protocol type='telnet'/>
          <target type='isa-serial' port='0'/>
        </serial>
        <console type='tcp'>
          <source mode='bind' host='10.0.0.8' service='4555' tls='yes'/><protocol type='telnet'/>
          <target type='serial' port='0'/>
        </console>
        <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
        <memballoon model='virtio'/>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
      </devices>
      <seclabel type='dynamic' model='apparmor' relabel='yes'/>
    </domain>
    """,
    "ovf-cluster": """
    <?xml version="1.0" encoding="UTF-8"?>
    <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
      xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
      xmlns:vmw="http://www.vmware.com/schema/ovf"
      xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
      <References><File ovf:href="node-1.vmdk" ovf:id="file1"/></References>
      <DiskSection><Info>Virtual disk information</Info>
        <Disk ovf:capacity="16" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1" ovf:fileRef="file1"/>
      </DiskSection>
      <NetworkSection><Info>The list of logical networks</Info><Network ovf:name="Cluster"/></NetworkSection>
      <VirtualSystem ovf:id="node">
        <Info>A virtual machine</Info>
        <Name>node</Name>
        <VirtualHardwareSection>
          <Info>Virtual hardware requirements</Info>
          <System><vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>
          <Item><rasd:ElementName>Hard disk 1</rasd:ElementName>
            <rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>7</rasd:InstanceID>
            <rasd:ResourceType>17</rasd:ResourceType></Item>
          <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
          <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="true"/>
          <vmw:ExtraConfig ovf:required="false" vmw:key="sched.mem.pshare.salt" vmw:value="cluster"/>
        </VirtualHardwareSection>
      </VirtualSystem>
    </Envelope>
    """,
    "vmx-console": """
    .encoding = "UTF-8"
    config.version = "8"
    virtualHW.version = "19"
    displayName = "console"
    guestOS = "debian11-64"
    firmware = "efi"
    uefi.secureBoot.enabled = "TRUE"
    nvram = "console.nvram"
    numvcpus = "2"
    memSize = "2048"
    vtpm.present = "TRUE"
    encryption.keySafe = "vmware:key/list/(pair/(null/x,HMAC-SHA-256,y))"
    pciBridge0.present = "TRUE"
    nvme0.present = "TRUE"
    nvme0:0.present = "TRUE"
    nvme0:0.fileName = "console.vmdk"
    ethernet0.present = "TRUE"
    ethernet0.virtualDev = "vmxnet3"
    ethernet0.networkName = "Servers"
    ethernet0.addressType = "vpx"
    ethernet0.generatedAddress = "00:50:56:00:00:07"
    serial0.present = "TRUE"
    serial0.fileType = "network"
    serial0.fileName = "telnets://10.0.0.8:2001"
    serial0.network.endPoint = "server"
    RemoteDisplay.vnc.enabled = "TRUE"
    RemoteDisplay.vnc.ip = "127.0.0.1"
    RemoteDisplay.vnc.port = "5902"
    tools.syncTime = "FALSE"
    uuid.bios = "56 4d 12 34 56 78 9a bc-de f0 12 34 56 78 9a bc"
    """,
    "qemu-server": #"""
    #!/bin/sh
    # Takes the machine over from another host.
    exec /usr/bin/qemu-system-x86_64 -name server -nodefaults -accel kvm -machine q35,smm=on,mem-merge=off \
      -cpu EPYC-Milan,svm=off -smp 4 -m 8192 \
      -object tls-creds-x509,id=server0,dir=/etc/pki/qemu,endpoint=server,verify-peer=on \
      -object tls-creds-x509,id=client0,dir=/etc/pki/qemu,endpoint=client \
      -global migration.tls-creds=server0 -incoming tcp:0.0.0.0:49152 \
      -drive if=none,id=root,format=raw,cache=none,file.driver=nbd,file.host=store.example.org,file.port=10809,file.tls-creds=client0 \
      -device virtio-blk-pci,drive=root \
      -chardev socket,id=console,host=0.0.0.0,port=4555,server=on,wait=off,telnet=on,tls-creds=server0 \
      -device isa-serial,chardev=console \
      -spice tls-port=5930,tls-channel=default,x509-dir=/etc/pki/qemu,password-secret=s0,disable-copy-paste=on,disable-agent-file-xfer=on \
      -object secret,id=s0,file=/etc/keys/spice \
      -device virtio-rng-pci -sandbox on,obsolete=deny,spawn=deny
    """#,
  ]
}
