using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Where an access log goes.</summary>
internal static class LogTargets
{
    /// <summary>A stream of the process, or a file.</summary>
    public static ScalarKind<(AccessLogTarget Target, string? Path)> Kind { get; } = new(
        "stdout, stderr or a file's path",
        (string text, out (AccessLogTarget Target, string? Path) value, ref string? hint) =>
        {
            value = text switch
            {
                "stdout" => (AccessLogTarget.StandardOutput, null),
                "stderr" => (AccessLogTarget.StandardError, null),
                _ => (AccessLogTarget.File, text),
            };

            // A word without a slash or dot is more likely a slip than a file in the working directory.
            hint = text.Length > 0 && text.AsSpan().IndexOfAny('/', '.') < 0
                ? $"for a file in the working directory write ./{text[..Math.Min(text.Length, 40)]}"
                : null;
            return value.Target != AccessLogTarget.File || (text.Length is > 0 and <= Texts.MaxFilePath && hint is null);
        },
        value => value.Target switch
        {
            AccessLogTarget.StandardError => "stderr",
            AccessLogTarget.File => value.Path!,
            AccessLogTarget.StandardOutput or _ => "stdout",
        },
        Schema.Text("stdout|stderr|.*[./].*"))
    {
        WithEdges =
        [
            ("stdout", true), ("stdot", false),
            ("/" + new string('x', Texts.MaxFilePath - 1), true), ("/" + new string('x', Texts.MaxFilePath), false),
        ],
    };
}
