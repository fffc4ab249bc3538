using Atlas.Control.Discovery;
using Atlas.Control.Discovery.Resolving;
using Atlas.Core.Telemetry;

namespace Atlas.Running;

/// <summary>The metrics of the names that servers come from.</summary>
internal static class NameFamilies
{
    private static readonly LookupOutcome[] Outcomes = Enum.GetValues<LookupOutcome>();

    internal static void Write(IMetricWriter writer, AtlasInstance instance)
    {
        IReadOnlyList<NameMetrics> names = instance.Names.Metrics;
        writer.Family(
            "atlas_dns_lookups_total",
            "Lookups of a name that servers come from, and of the hosts that its SRV records name, by their result.",
            MetricKind.Counter);
        foreach (NameMetrics name in names)
        {
            foreach (LookupOutcome outcome in Outcomes)
            {
                writer.Sample(
                    name.Lookups[(int)outcome], new MetricLabel("name", name.Name), new MetricLabel("result", WordOf(outcome)));
            }
        }

        writer.Family(
            "atlas_dns_answer_age_seconds",
            "Time since the last lookup of a name that brought records; absent while none did.",
            MetricKind.Gauge);
        foreach (NameMetrics name in names)
        {
            if (name.AnswerAgeSeconds is double age)
            {
                writer.Sample(age, new MetricLabel("name", name.Name));
            }
        }
    }

    private static string WordOf(LookupOutcome outcome) => outcome switch
    {
        LookupOutcome.Answered => "answered",
        LookupOutcome.NoSuchName => "no_such_name",
        LookupOutcome.NoRecords => "no_records",
        LookupOutcome.ServerFailure => "server_failure",
        LookupOutcome.Timeout => "timeout",
        LookupOutcome.Unreachable => "unreachable",
        LookupOutcome.Malformed => "malformed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
