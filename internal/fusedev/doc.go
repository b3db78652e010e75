// Package fusedev speaks the FUSE protocol with the Linux kernel: it reads requests
// from /dev/fuse or from io_uring, hands them to a [Handler] and writes the replies.
// It knows the protocol, version 7.45 of linux/fuse.h, and nothing of inodes, and it
// does not mount. On other systems it is empty.
//
//	fd, _ := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
//	unix.Mount(name, dir, "fuse", flags, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd))
//	c, err := fusedev.NewConn(fd, fusedev.Options{Limits: fusedev.Limits{Flags: fusedev.ParallelDirops}})
//	…
//	err = c.Serve(handler) // until it is unmounted
//
//	func (h *handler) Serve(r *fusedev.Request) syscall.Errno {
//		switch r.Opcode {
//		case fusedev.OpLookup:
//			out := r.EntryOut()
//			out.NodeID, out.Attr = …(r.NodeID, r.Name())
//			return 0
//		case fusedev.OpRead:
//			in := r.ReadIn()
//			b := r.Buffer(int(in.Size))
//			r.BytesOut(b[:read(r.NodeID, b, in.Offset)])
//			return 0
//		…
//		}
//		return syscall.ENOSYS // for the kernel to do without
//	}
//
// # A request
//
// A [Request] is not copied from the buffer that it was read to, and nothing is
// allocated for it. Everything that is wrong with a message is found before the
// handler sees it (decode.go; what is right is in a table in opcode.go): then the
// kernel, or the fuzzer, gets EINVAL, and ENOSYS for opcodes that are not in the
// table. The handler may rely on lengths and on names having no NUL, and on nothing
// else.
//
// The reply is what Serve has made of the Request, and its result. So there is
// exactly one. A handler that panics has replied EIO.
//
// # Threads
//
// The thread that reads a request runs it and replies. There is no queue and no
// hand-over: to wake another thread takes longer than most requests. What takes long
// is moved to a goroutine with [Request.Go]. It must be if it waits for another
// request: of a file lock, for example, the request to unlock it may be read by the
// same thread.
//
// Threads are locked to their goroutines, so that the Go scheduler does not put
// others in between. System calls that do not block are made without telling the
// scheduler (syscall.RawSyscall), and so is the wait for a request of URing, which a
// signal of the runtime ends when it wants the thread to stop, or after 10 ms (procs.go).
// Waits that may be longer give up the processor (P) of the runtime first: who kept it
// would hold up the garbage collector, and with it the process. [Conn.Serve] adds the
// number of its threads to GOMAXPROCS, so that a thread that has much to do, and keeps
// its P, does not keep others from running.
//
// Before a thread of Dev or Clone sleeps it looks for the next request for a while
// ([DefaultSpin]), unless others want the processor (spin.go); one of URing while clients
// move between CPUs (migrate.go). A server without requests uses no CPU.
//
// # Loops
//
// [Dev] is N threads that read one descriptor, and [Clone] N threads with one each.
// As long as one of them can do it alone the others sleep (device.go).
//
// [URing] is FUSE over io_uring, Linux 6.14 (uring.go, worker.go, entry.go, ring.go):
//
//   - The kernel has a queue for each CPU that may ever be, and puts a request in that
//     of the CPU that made it. A thread pinned on that CPU serves it: while the client
//     waits, the server runs in its place. CPUs on which this process may not run, or
//     which are not there, share one more thread. The rings are made before INIT is
//     answered: once the kernel was told that there will be rings it waits for them.
//   - A queue has entries, each with memory that the kernel puts a request in and takes
//     the reply from. It is mapped, and a page of it costs nothing before it was used.
//     With one io_uring_enter(2) replies are committed and requests fetched.
//   - One thread only may use a ring (IORING_SETUP_SINGLE_ISSUER: no locks in the
//     kernel, and it runs when the thread asks it to). So a goroutine that is done with
//     a request (Go) hands it back to the thread, and wakes it by an eventfd that the
//     ring reads.
//   - Goroutines may wait for long, and for other requests. For each entry that one of
//     them gets another one is registered, so there is always one for the next request:
//     see makeRoom in worker.go, also for what the kernel lacks for that.
//   - FORGET and INTERRUPT, and notifications, still come and go by /dev/fuse, which one
//     more thread reads.
//
// Where the kernel does not offer that, or root has not allowed it, or a cpuset keeps this
// process from a CPU that others use, the connection uses Clone instead, and says why
// ([Conn.Loop]; [URingAvailable], which does not look at cpusets).
//
// # Interrupts
//
// The caller of a request that waits may get a signal. Then the kernel sends INTERRUPT,
// which closes the channel that [Request.Interrupted] has returned. Requests that do not
// wait are not looked up (interrupt.go).
//
// # The end
//
// The connection ends when the filesystem is unmounted, when somebody writes to abort in
// /sys/fs/fuse/connections, or when the other end of a socket is closed. All that waits
// is interrupted; [Conn.Serve] returns when no request is left.
//
// # Not here
//
// DAX (virtiofs), CUSE, passthrough to backing files, splice.
package fusedev
