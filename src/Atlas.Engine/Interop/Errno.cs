using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>Error numbers of Linux (asm-generic/errno.h, the same on x86-64 and arm64).</summary>
public static class Errno
{
    /// <summary>The process lacks a right.</summary>
    public const int EPERM = 1;

    /// <summary>There is no such thing: a file, or what a message of netlink names.</summary>
    public const int ENOENT = 2;

    /// <summary>Interrupted by a signal; .NET's runtime uses signals, so every call may return it.</summary>
    public const int EINTR = 4;

    /// <summary>Input or output failed.</summary>
    public const int EIO = 5;

    /// <summary>The descriptor is not open for this.</summary>
    public const int EBADF = 9;

    /// <summary>The operation would block.</summary>
    public const int EAGAIN = 11;

    /// <summary>Out of kernel memory.</summary>
    public const int ENOMEM = 12;

    /// <summary>It is there already.</summary>
    public const int EEXIST = 17;

    /// <summary>There is no such device: no such link.</summary>
    public const int ENODEV = 19;

    /// <summary>An argument is not valid.</summary>
    public const int EINVAL = 22;

    /// <summary>The system's table of open files is full.</summary>
    public const int ENFILE = 23;

    /// <summary>The process may open no more files.</summary>
    public const int EMFILE = 24;

    /// <summary>The device has no space left.</summary>
    public const int ENOSPC = 28;

    /// <summary>The other end closed; writing is of no use.</summary>
    public const int EPIPE = 32;

    /// <summary>No data are left: a stream ended without the end that its protocol has.</summary>
    public const int ENODATA = 61;

    /// <summary>The protocol of the connection failed.</summary>
    public const int EPROTO = 71;

    /// <summary>The message is longer than the path or the protocol takes.</summary>
    public const int EMSGSIZE = 90;
    /// <summary>The kernel, or the part of it that is asked, knows no such thing.</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>The address is of another family than the socket.</summary>
    public const int EAFNOSUPPORT = 97;

    /// <summary>The address is in use.</summary>
    public const int EADDRINUSE = 98;

    /// <summary>The address is not this machine's, or no port of it is free.</summary>
    public const int EADDRNOTAVAIL = 99;

    /// <summary>The link is down.</summary>
    public const int ENETDOWN = 100;

    /// <summary>No way leads to the network.</summary>
    public const int ENETUNREACH = 101;

    /// <summary>No buffer space.</summary>
    public const int ENOBUFS = 105;

    /// <summary>The connection was aborted before it was accepted.</summary>
    public const int ECONNABORTED = 103;

    /// <summary>The peer reset the connection.</summary>
    public const int ECONNRESET = 104;

    /// <summary>The connection timed out.</summary>
    public const int ETIMEDOUT = 110;

    /// <summary>Nobody listens at the address.</summary>
    public const int ECONNREFUSED = 111;

    /// <summary>The host is down.</summary>
    public const int EHOSTDOWN = 112;

    /// <summary>No way leads to the host.</summary>
    public const int EHOSTUNREACH = 113;

    /// <summary>The operation was cancelled: the loop ends.</summary>
    public const int ECANCELED = 125;

    /// <summary>A non-blocking connect is under way.</summary>
    public const int EINPROGRESS = 115;

    /// <summary>The text of an error number, as strerror gives it.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(Math.Abs(error));

    /// <summary>The one place where -1 becomes the negative error number. Must be the first thing after the
    /// call: anything between may overwrite errno.</summary>
    internal static int Of(long result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();
}
