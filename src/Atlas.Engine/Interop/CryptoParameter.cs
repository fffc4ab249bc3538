using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>OSSL_PARAM: a named value that is handed to an algorithm; a list of them ends with one of zeros.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CryptoParameter
{
    internal byte* Key;
    internal uint Type;
    internal void* Value;
    internal nuint Length;
    internal nuint ReturnedLength;
}
