using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Workers;

/// <summary>Has the kernel drop segments before a listening socket sees them.</summary>
internal static unsafe class ConnectionFilter
{
    // A socket filter of TCP sees the segment from its header on. Its flags are byte 13, of which 2 is SYN (RFC 9293 3.1).
    private const int FlagsOffset = 13;
    private const int Syn = 2;

    // Instructions of the classic BPF (linux/filter.h): load a byte, jump if one of these bits is set, return.
    private const ushort LoadByte = BPF_LD | BPF_B | BPF_ABS;
    private const ushort JumpIfSet = BPF_JMP | BPF_JSET | BPF_K;
    private const ushort Return = BPF_RET | BPF_K;

    /// <summary>Drops what opens connections, until <see cref="Remove"/>. What completes those that were begun passes: their clients take them for open
    /// already.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal static int DropNew(int descriptor)
    {
        FilterInstruction* program = stackalloc FilterInstruction[]
        {
            new FilterInstruction { Code = LoadByte, Operand = FlagsOffset },
            new FilterInstruction { Code = JumpIfSet, Operand = Syn, SkipIfTrue = 1 },
            new FilterInstruction { Code = Return, Operand = uint.MaxValue },
            new FilterInstruction { Code = Return, Operand = 0 },
        };
        var filter = new FilterProgram { Length = 4, Instructions = program };
        return Errno.Of(Libc.setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, (uint)sizeof(FilterProgram)));
    }

    /// <summary>Drops nothing any more. A filter belongs to the socket and not to the process: it outlives this one where another has the
    /// socket, too.</summary>
    /// <returns>0, or a negative error number: ENOENT where there is no filter.</returns>
    internal static int Remove(int descriptor) => Socket.SetOption(descriptor, SOL_SOCKET, SO_DETACH_FILTER, 0);
}
