using System.Globalization;
using System.Text.RegularExpressions;
using Atlas.Core.Routing;

namespace Atlas.Core.Tests.Routing;

/// <summary>
/// The form of a path, read slowly: dots are resolved with all slashes in place and with slashes merged first, and where the
/// two end differently the path has no form.
/// </summary>
internal static partial class ReferencePath
{
    public static (PathStatus Status, string Path) Read(string raw)
    {
        List<string> segments = [];
        foreach (string segment in raw[1..].Split('/'))
        {
            PathStatus status = Decode(segment, out string decoded);
            if (status != PathStatus.Ok)
            {
                return (status, "");
            }

            segments.Add(decoded);
            string[] parts = decoded.Split("%2F").SelectMany(part => part.Split("%5C")).ToArray();
            bool isPlainDots = parts is ["." or ".."];
            if (!isPlainDots && parts.Any(part => HiddenDots().IsMatch(part)))
            {
                return (PathStatus.Ambiguous, "");
            }

            // What dots mean is asked at once, so that the first thing that is wrong is what is reported.
            if (Names(Resolved(segments, isDone: false)) != Names(Resolved(Merge(segments), isDone: false)))
            {
                return (PathStatus.Ambiguous, "");
            }
        }

        return (PathStatus.Ok, Resolved(Merge(segments), isDone: true));
    }

    private static PathStatus Decode(string segment, out string decoded)
    {
        PathStatus status = PathStatus.Ok;
        decoded = Anything().Replace(segment, match =>
        {
            string text = match.Value;
            bool isEncoded = text.Length == 3;
            int value = isEncoded ? int.Parse(text.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : text[0];
            if (status == PathStatus.Ok)
            {
                status = isEncoded && value == 0 ? PathStatus.EncodedNul
                    : !isEncoded && (value == '%' || value > 126) ? PathStatus.Malformed
                    : PathStatus.Ok;
            }

            return isEncoded && "/\\%".Contains((char)value, StringComparison.Ordinal) ? text.ToUpperInvariant() : ((char)value).ToString();
        });
        return status;
    }

    // RFC 3986 5.2.4 over segments.
    private static string Resolved(List<string> segments, bool isDone)
    {
        List<string> output = [];
        foreach (var (index, segment) in segments.Index())
        {
            bool isDots = segment is "." or "..";
            if (segment == ".." && output.Count > 0)
            {
                output.RemoveAt(output.Count - 1);
            }

            if (!isDots || (isDone && index == segments.Count - 1))
            {
                output.Add(isDots ? "" : segment);
            }
        }

        return "/" + string.Join('/', output);
    }

    private static List<string> Merge(List<string> segments) =>
        [.. segments.Where((segment, index) => segment.Length > 0 || index == segments.Count - 1)];

    private static string Names(string path) => string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^\.\.?(;|$)")]
    private static partial Regex HiddenDots();

    [GeneratedRegex("%[0-9a-fA-F]{2}|.", RegexOptions.Singleline)]
    private static partial Regex Anything();
}
