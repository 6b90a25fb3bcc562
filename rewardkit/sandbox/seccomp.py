"""The filter of system calls that a test runs under, as the bytes of a program for the kernel.

A list of what is refused, not of what is allowed: namespaces, limits and the read-only root are the boundary, and this makes
it smaller. Refused are new processes and programs, sockets, tracing, other users of the kernel's large interfaces, and memory
that no limit counts. Threads are allowed: recursion in a thread with a large stack is common in solutions.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import NamedTuple

__all__ = ["program"]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_THREAD = 0x00010000  # of the flags of clone
_X32 = 0x40000000


class _Machine(NamedTuple):
    audit: int
    clone: int
    prlimit: int
    refused: tuple[int, ...]


_EVERYWHERE = (
    *(424, 425, 426, 427, 428, 429, 430, 431, 432, 433),  # pidfd_send_signal, io_uring_*, open_tree, move_mount, fsopen … fspick
    *(434, 438, 440, 442, 443, 447, 448),  # pidfd_open, pidfd_getfd, process_madvise, mount_setattr, quotactl_fd, memfd_secret, …
)
_CLONE3 = 435

_X86_64 = _Machine(
    0xC000003E,
    56,
    302,
    (
        *_EVERYWHERE,
        *(57, 58, 59, 322),  # fork, vfork, execve, execveat
        *(41, 101, 310, 311, 312),  # socket, ptrace, process_vm_readv, process_vm_writev, kcmp
        *(165, 166, 155, 161, 272, 308, 135),  # mount, umount2, pivot_root, chroot, unshare, setns, personality
        *(248, 249, 250, 321, 298, 323),  # add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd
        *(319, 29, 30, 31, 64, 68, 240),  # memfd_create, shmget, shmat, shmctl, semget, msgget, mq_open
        *(169, 167, 168, 175, 313, 176, 246, 320),  # reboot, swapon, swapoff, init_module, finit_module, delete_module, kexec_*
        *(163, 179, 164, 227, 159, 305, 103, 153),  # acct, quotactl, settimeofday, clock_settime, adjtimex, …, syslog, vhangup
        *(172, 173, 154, 212, 180),  # iopl, ioperm, modify_ldt, lookup_dcookie, nfsservctl
        *(303, 304, 300, 279, 256),  # name_to_handle_at, open_by_handle_at, fanotify_init, move_pages, migrate_pages
        *(141, 142, 144, 203, 314, 251),  # setpriority, sched_setparam, sched_setscheduler, sched_setaffinity, …, ioprio_set
    ),
)
_AARCH64 = _Machine(
    0xC00000B7,
    220,
    261,
    (
        *_EVERYWHERE,
        *(221, 281),
        *(198, 117, 270, 271, 272),
        *(40, 39, 41, 51, 97, 268, 92),
        *(217, 218, 219, 280, 241, 282),
        *(279, 194, 196, 195, 190, 186, 180),
        *(142, 224, 225, 105, 273, 106, 104, 294),
        *(89, 60, 170, 112, 171, 266, 116, 58),
        *(18, 42),
        *(264, 265, 262, 239, 238),
        *(140, 118, 119, 122, 274, 30),
    ),
)
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def program(machine: str = "") -> bytes:
    """The program, eight bytes an instruction; empty for a machine whose numbers of system calls are not known here."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return b""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, known.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_EQUAL, 0, 1, _CLONE3),  # its flags are in memory, where no filter looks; the C library then asks clone
        (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]
    for number in known.refused:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE | errno.EPERM)]
    steps += [
        (_EQUAL, 0, 4, known.prlimit),  # only of oneself
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 3, known.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 1, 0, _THREAD),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
