using System.Text.Json;
using Atlas.Control.Pools;
using Atlas.Core.Health;

namespace Atlas.Admin.Orders;

/// <summary>Reads the body of an order strictly: what is not understood is refused, with what is allowed.</summary>
internal static class OrderParser
{
    private const string Keys = "state, weight and deadline";
    private const string States = "ready, drain or maintenance";

    /// <summary>Reads a JSON object.</summary>
    /// <param name="body">The body.</param>
    /// <param name="error">What is wrong, if anything is.</param>
    /// <returns>Null: it is wrong.</returns>
    internal static ServerOrder? Parse(JsonElement body, out string error)
    {
        var order = new ServerOrder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        error = "";
        if (body.ValueKind != JsonValueKind.Object)
        {
            error = """the body must be an object, such as {"state":"drain"} or {"weight":2}""";
            return null;
        }

        foreach (JsonProperty property in body.EnumerateObject())
        {
            error = seen.Add(property.Name) ? Take(property, ref order) : $"'{property.Name}' is there twice";
            if (error.Length > 0)
            {
                return null;
            }
        }

        error = order is { State: null, Weight: null, DeadlineMs: null } ? $"nothing is asked for; the keys are {Keys}"
            : order.DeadlineMs is not null && order.State != AdminState.Drain ? "'deadline' goes with \"state\":\"drain\" only"
            : "";
        return error.Length == 0 ? order : null;
    }

    private static string Take(JsonProperty property, ref ServerOrder order)
    {
        JsonElement value = property.Value;
        switch (property.Name)
        {
            case "state":
                AdminState? state = value.ValueKind == JsonValueKind.String ? StateOf(value.GetString()!) : null;
                order = order with { State = state };
                return state is null ? $"'state' must be {States}, not {Shown(value)}" : "";
            case "weight":
                int weight = 0;
                bool isWeight = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out weight)
                    && weight is >= 0 and <= ServerOrder.MaxWeight;
                order = order with { Weight = weight };
                return isWeight ? "" : $"'weight' must be a whole number from 0 to {ServerOrder.MaxWeight}, not {Shown(value)}";
            case "deadline":
                int deadlineMs = 0;
                bool isDeadline = value.ValueKind == JsonValueKind.String
                    && ServerOrder.TryParseDeadline(value.GetString()!, out deadlineMs);
                order = order with { DeadlineMs = deadlineMs };
                return isDeadline ? "" : $"'deadline' must be a duration from 1ms to 24h, such as \"10m\", not {Shown(value)}";
            default:
                return $"unknown key '{Cut(property.Name)}'; the keys are {Keys}";
        }
    }

    private static AdminState? StateOf(string word) => word switch
    {
        "ready" => AdminState.Ready,
        "drain" => AdminState.Drain,
        "maintenance" => AdminState.Maintenance,
        _ => null,
    };

    private static string Shown(JsonElement value) => Cut(value.GetRawText());

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
