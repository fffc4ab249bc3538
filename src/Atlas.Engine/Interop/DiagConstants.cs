namespace Atlas.Engine.Interop;

/// <summary>Numbers of linux/sock_diag.h, linux/inet_diag.h and net/tcp_states.h.</summary>
internal static class DiagConstants
{
    internal const int NETLINK_SOCK_DIAG = 4;
    internal const int SOCK_DIAG_BY_FAMILY = 20;
    internal const int SOCK_DESTROY = 21;
    internal const int INET_DIAG_REQ_BYTECODE = 1;
    internal const byte INET_DIAG_BC_S_COND = 7;
    internal const int TCP_ESTABLISHED = 1;
    internal const int TCP_FIN_WAIT1 = 4;
    internal const int TCP_FIN_WAIT2 = 5;
    internal const int TCP_CLOSE_WAIT = 8;
    internal const int TCP_LAST_ACK = 9;
    internal const int TCP_CLOSING = 11;
}
