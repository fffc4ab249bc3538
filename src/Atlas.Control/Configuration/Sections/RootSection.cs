using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys at the top of a configuration.</summary>
internal static class RootSection
{
    /// <summary>A whole configuration.</summary>
    public static Section<AtlasConfig> Instance { get; } = new Section<AtlasConfig>(
        "configuration", "", "a configuration", "The whole file.")
        .Key("listeners", Named(ListenerSections.Listener, SectionLimits.Listeners, (s, name) => s with { Name = name }),
            s => s.Listeners, (s, v) => s with { Listeners = v },
            "Where clients connect to.", required: true)
        .Key("pools", Named(PoolSections.Pool, SectionLimits.Pools, (s, name) => s with { Name = name }),
            s => s.Pools, (s, v) => s with { Pools = v },
            "The groups of servers that requests and connections go to.")
        .Key("stores", Named(StateSections.Store, SectionLimits.Few, (s, name) => s with { Name = name }),
            s => s.Stores, (s, v) => s with { Stores = v },
            "Where state is kept that outlives a request.")
        .Key("sessions", Named(StateSections.Session, SectionLimits.Few, (s, name) => s with { Name = name }),
            s => s.Sessions, (s, v) => s with { Sessions = v },
            "Session contents kept outside the servers.")
        .Key("high_availability", Kind.OptionalMap(HighAvailabilitySections.HighAvailability),
            s => s.HighAvailability, (s, v) => s with { HighAvailability = v },
            "How several nodes stand in for each other.")
        .Key("admin", Kind.Map(ProcessSections.Admin),
            s => s.Admin, (s, v) => s with { Admin = v },
            "The admin API and dashboard.")
        .Key("runtime", Kind.Map(ProcessSections.Runtime),
            s => s.Runtime, (s, v) => s with { Runtime = v },
            "The process itself.")
        .Key("telemetry", Kind.Map(ProcessSections.Telemetry),
            s => s.Telemetry, (s, v) => s with { Telemetry = v },
            "What is sent to collectors.");

    /// <summary>All sections, each once, in the order in which they are reached from the top.</summary>
    public static IReadOnlyList<ISection> All { get; } = Reachable();

    private static NamedSectionsKind<T> Named<T>(Section<T> section, int max, Func<T, string, T> setName)
        where T : ConfigSection, new() => new(section, Texts.Name, max, setName);

    private static List<ISection> Reachable()
    {
        var found = new List<ISection>();
        Add(Instance);
        return found;

        void Add(ISection section)
        {
            if (!found.Contains(section))
            {
                found.Add(section);
                foreach (var nested in section.KeyList.SelectMany(key => key.ValueKind.Sections))
                {
                    Add(nested);
                }
            }
        }
    }
}
