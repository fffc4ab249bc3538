using System.Text;

namespace Atlas.Core.Configuration;

/// <summary>Bytes that a UDP probe sends, or that its answer begins with.</summary>
/// <param name="IsHex">Whether the text is hexadecimal; written after <c>hex:</c>.</param>
/// <param name="Text">The text, without the mark; of hexadecimal the digits alone.</param>
public sealed record ProbePayload(bool IsHex, string Text)
{
    /// <summary>No bytes.</summary>
    public static ProbePayload Empty { get; } = new(IsHex: false, "");

    /// <summary>The bytes: those of UTF-8, or those that the digits mean. Allocates.</summary>
    public byte[] ToBytes() => IsHex ? Convert.FromHexString(Text) : Encoding.UTF8.GetBytes(Text);

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => IsHex ? "hex:" + Text : Text;
}
