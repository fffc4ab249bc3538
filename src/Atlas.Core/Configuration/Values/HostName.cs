namespace Atlas.Core.Configuration;

/// <summary>Names of hosts (RFC 952, RFC 1123 2.1, RFC 1035 2.3.4).</summary>
public static class HostName
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 253;

    /// <summary>The most characters between two dots.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>
    /// Whether it is a name: labels of letters, digits, hyphens within and underscores (which service names have), with dots
    /// between. The last label is no number (RFC 3696 2), so that a wrong IPv4 address is not taken for a name.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLength)
        {
            return false;
        }

        foreach (var range in name.Split('.'))
        {
            if (!IsLabel(name[range]))
            {
                return false;
            }
        }

        return name[(name.LastIndexOf('.') + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return false;
            }
        }

        return label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-';
    }
}
