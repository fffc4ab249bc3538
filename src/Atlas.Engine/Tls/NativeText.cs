using System.Runtime.InteropServices;
using System.Text;

namespace Atlas.Engine.Tls;

/// <summary>Text on its way to C and back.</summary>
internal static unsafe class NativeText
{
    /// <summary>The text of a C string; empty for null.</summary>
    internal static string Of(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>The bytes of a C string, with the zero at its end.</summary>
    internal static byte[] ToC(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
