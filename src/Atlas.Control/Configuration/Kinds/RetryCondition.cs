using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>What a request is tried again after.</summary>
/// <param name="Word">The word, empty for a status.</param>
/// <param name="Status">500 to 599, or 0 for a word.</param>
internal readonly record struct RetryCondition(string Word, int Status)
{
    /// <summary>After a connection could not be opened.</summary>
    public const string ConnectFailure = "connect_failure";

    /// <summary>After a connection broke.</summary>
    public const string Reset = "reset";

    /// <summary>One condition.</summary>
    public static ScalarKind<RetryCondition> Kind { get; } = new(
        $"{ConnectFailure}, {Reset} or a status from 500 to 599",
        (string text, out RetryCondition value, ref string? hint) =>
        {
            bool isStatus = text.Length == 3 && text[0] == '5' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]);
            value = isStatus ? new RetryCondition("", int.Parse(text)) : new RetryCondition(text, 0);
            string? near = isStatus ? null : Keys.Spelling.Nearest(text, [ConnectFailure, Reset]);
            hint = near is null ? null : $"did you mean {near}?";
            return isStatus || text is ConnectFailure or Reset;
        },
        value => value.Status == 0 ? value.Word : value.Status.ToString(),
        writer =>
        {
            writer.WriteStartArray("type");
            writer.WriteStringValue("integer");
            writer.WriteStringValue("string");
            writer.WriteEndArray();
            writer.WriteNumber("minimum", 500);
            writer.WriteNumber("maximum", 599);
            writer.WriteString("pattern", $"^(?:{ConnectFailure}|{Reset}|5[0-9][0-9])$");
        })
    {
        WithEdges = [("500", true), ("599", true), ("499", false), ("600", false)],
    };

    /// <summary>The conditions of a rule.</summary>
    public static ValueList<RetryCondition> Of(RetryConfig retry) =>
    [
        .. retry.OnConnectFailure ? [new RetryCondition(ConnectFailure, 0)] : (RetryCondition[])[],
        .. retry.OnReset ? [new RetryCondition(Reset, 0)] : (RetryCondition[])[],
        .. retry.OnStatuses.Select(status => new RetryCondition("", status)),
    ];

    /// <summary>The rule with these conditions.</summary>
    public static RetryConfig Set(RetryConfig retry, ValueList<RetryCondition> conditions) => retry with
    {
        OnConnectFailure = conditions.Any(condition => condition.Word == ConnectFailure),
        OnReset = conditions.Any(condition => condition.Word == Reset),
        OnStatuses = [.. conditions.Where(condition => condition.Status > 0).Select(condition => condition.Status).Distinct()],
    };
}
