import CFileSystem

/// The file systems whose pages come from another machine or another process, so that one which is mapped can fail to
/// come: the kernel then ends the process with `SIGBUS`.
///
/// Source of the numbers: `linux/magic.h`, and the sources of those that are not in the kernel. What lies under an
/// overlay cannot be told.
enum NetworkFileSystem {
  private static let magicNumbers: Set<UInt32> = [
    0x6969,  // NFS
    0x517b, 0xff53_4d42, 0xfe53_4d42,  // SMB, CIFS, SMB2
    0x6573_5546,  // FUSE: sshfs, s3fs, rclone, virtiofs, GlusterFS, …
    0x0102_1997,  // 9P
    0x00c3_6400,  // Ceph
    0x0bd0_0bd0,  // Lustre
    0x5346_414f, 0x6b41_4653,  // OpenAFS, the kernel's AFS
    0x7375_7245,  // Coda
    0x564c,  // NCP
    0x0116_1970, 0x7461_636f,  // GFS2, OCFS2
    0x4750_4653,  // GPFS
    0x1983_0326,  // BeeGFS
    0xaad7_aaea,  // PanFS
    0x2003_0528,  // OrangeFS
    0x786f_4256, 0xbacb_acbc, 0x7c7c_6673,  // shared folders of VirtualBox, VMware, Parallels
    0x00c0_ffee,  // hostfs
  ]

  /// Whether the file system with this number in `statfs` is one of them.
  static func contains(_ magic: Int) -> Bool { magicNumbers.contains(UInt32(truncatingIfNeeded: magic)) }

  /// Whether an open file is on one of them; also where that cannot be told.
  static func holds(_ descriptor: Int32) -> Bool {
    var facts = statfs()
    guard fstatfs(descriptor, &facts) == 0 else { return true }
    return contains(Int(facts.f_type))
  }
}
