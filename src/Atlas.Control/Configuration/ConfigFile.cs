using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Gets a configuration's text out of its file.</summary>
internal static class ConfigFile
{
    private static readonly SourcePosition Start = new(1, 1);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's text without byte order mark, or null with an error.</summary>
    public static string? Read(string path, ConfigErrors errors)
    {
        try
        {
            return Directory.Exists(path)
                ? Refuse(errors, Start, "this is a directory: name a file")
                : Decode(ReadBytes(path), errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "this user may not read the file",
                _ => $"the file cannot be read: {e.Message}",
            };
            return Refuse(errors, Start, reason);
        }
    }

    /// <summary>The text of UTF-8 bytes without byte order mark, or null with an error.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, ConfigErrors errors)
    {
        if (bytes.Length > ConfigLoader.MaxFileBytes)
        {
            return Refuse(
                errors,
                Start,
                $"the file has more than {ConfigLoader.MaxFileBytes} bytes, which is the most that a configuration may have");
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return Refuse(errors, Start, "the file is UTF-16: save it as UTF-8");
        }

        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            return Refuse(errors, PositionOf(bytes[..Math.Clamp(e.Index, 0, bytes.Length)]), "this byte is no UTF-8: save the file as UTF-8");
        }
    }

    // One byte more than is allowed shows that there are too many, also where the length is not known before (pipes, /proc).
    private static byte[] ReadBytes(string path)
    {
        using var stream = File.OpenRead(path);
        byte[] buffer = new byte[ConfigLoader.MaxFileBytes + 1];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }

    private static SourcePosition PositionOf(ReadOnlySpan<byte> before)
    {
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private static string? Refuse(ConfigErrors errors, SourcePosition position, string message)
    {
        errors.Add(position, message);
        return null;
    }
}
