using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>The system calls that the engine makes, as C declares them. Every call goes through
/// <see cref="Errno.Of(long)"/>, which turns -1 into a negative error number.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library)]
    internal static partial int epoll_ctl(int epoll, int operation, int descriptor, void* ev);

    [LibraryImport(Library)]
    internal static partial int epoll_wait(int epoll, void* events, int count, int timeoutMs);

    [LibraryImport(Library)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Library)]
    internal static partial int timerfd_settime(int descriptor, int flags, TimerSetting* setting, TimerSetting* previous);

    [LibraryImport(Library)]
    internal static partial int clock_gettime(int clock, TimeValue* time);

    [LibraryImport(Library)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library)]
    internal static partial int socketpair(int domain, int type, int protocol, int* descriptors);

    [LibraryImport(Library)]
    internal static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport(Library)]
    internal static partial int bind(int descriptor, void* address, uint length);

    [LibraryImport(Library)]
    internal static partial int listen(int descriptor, int backlog);

    [LibraryImport(Library)]
    internal static partial int accept4(int descriptor, void* address, uint* length, int flags);

    [LibraryImport(Library)]
    internal static partial int connect(int descriptor, void* address, uint length);

    [LibraryImport(Library)]
    internal static partial int getsockname(int descriptor, void* address, uint* length);

    [LibraryImport(Library)]
    internal static partial int getsockopt(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport(Library)]
    internal static partial int setsockopt(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport(Library)]
    internal static partial nint recv(int descriptor, void* buffer, nuint length, int flags);

    [LibraryImport(Library)]
    internal static partial nint send(int descriptor, void* buffer, nuint length, int flags);

    [LibraryImport(Library)]
    internal static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Library)]
    internal static partial nint recvmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Library)]
    internal static partial int recvmmsg(int descriptor, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library)]
    internal static partial int sendmmsg(int descriptor, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport(Library)]
    internal static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library)]
    internal static partial nint write(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport(Library)]
    internal static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    // Variadic in C, as open.
    [LibraryImport(Library)]
    internal static partial int fcntl(int descriptor, int command, int argument);

    // Variadic in C, too.
    [LibraryImport(Library)]
    internal static partial int ioctl(int descriptor, nuint request, int* argument);

    [LibraryImport(Library)]
    internal static partial int shutdown(int descriptor, int how);

    [LibraryImport(Library)]
    internal static partial int close(int descriptor);

    [LibraryImport(Library)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, FileStatus* status);

    [LibraryImport(Library)]
    internal static partial int unlink(byte* path);

    [LibraryImport(Library)]
    internal static partial int madvise(void* address, nuint length, int advice);

    // Variadic in C; on x86-64 and arm64 Linux an int in that place is passed as any other.
    [LibraryImport(Library)]
    internal static partial int open(byte* path, int flags, uint mode);

    // The handler of a signal comes first in what the second one points to, in glibc and in musl.
    [LibraryImport(Library)]
    internal static partial int sigaction(int signal, void* action, void* previous);

    [LibraryImport(Library)]
    internal static partial nint signal(int signal, nint handler);

    // Of a thread, whatever POSIX says of processes; 0 is the calling one, as for setpriority.
    [LibraryImport(Library)]
    internal static partial int sched_setscheduler(int thread, int policy, SchedulingParameter* parameter);

    [LibraryImport(Library)]
    internal static partial int setpriority(int which, uint who, int priority);
}
