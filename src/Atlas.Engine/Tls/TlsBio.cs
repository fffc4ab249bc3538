using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>OpenSSL's way to the stream below: a BIO whose data are a handle of the <see cref="TlsStream"/>. The handle lives as
/// long as the BIO.</summary>
internal static unsafe class TlsBio
{
    private static readonly nint Method = MakeMethod();

    /// <summary>Makes a BIO of a stream; 0 when out of memory.</summary>
    internal static nint TryCreate(nint handle)
    {
        nint bio = LibCrypto.BIO_new(Method);
        if (bio != 0)
        {
            LibCrypto.BIO_set_data(bio, handle);
        }

        return bio;
    }

    /// <summary>The stream of a handle that OpenSSL gave back.</summary>
    internal static TlsStream StreamOf(nint handle) => Unsafe.As<TlsStream>(GCHandle.FromIntPtr(handle).Target!);

    private static nint MakeMethod()
    {
        nint method;
        fixed (byte* name = "stream"u8)
        {
            method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, name);
        }

        if (method == 0
            || LibCrypto.BIO_meth_set_read(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&OnRead) == 0
            || LibCrypto.BIO_meth_set_write(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&OnWrite) == 0
            || LibCrypto.BIO_meth_set_ctrl(method, (delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint>)&OnControl) == 0)
        {
            throw new InvalidOperationException("OpenSSL has no memory for a BIO method.");
        }

        return method;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(nint bio, byte* buffer, int length)
    {
        TlsTransport transport = StreamOf(LibCrypto.BIO_get_data(bio)).Transport;
        int count = transport.Read(new Span<byte>(buffer, length));
        LibCrypto.BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
        if (count > 0)
        {
            return count;
        }

        if (transport.IsReadBlocked)
        {
            LibCrypto.BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
        }

        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint bio, byte* buffer, int length)
    {
        if (StreamOf(LibCrypto.BIO_get_data(bio)).Transport.TryWrite(new ReadOnlySpan<byte>(buffer, length)))
        {
            return length;
        }

        LibCrypto.BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
        return -1;
    }

    // Everything else that OpenSSL may ask for, the end of the stream among it, is answered with no: whether the peer ended in
    // order is told by close_notify only, and no alert is owed to a peer that is gone.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnControl(nint bio, int command, nint number, void* pointer) => command == BIO_CTRL_FLUSH ? 1 : 0;
}
