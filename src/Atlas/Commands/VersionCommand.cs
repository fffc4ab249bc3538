using System.Reflection;

namespace Atlas.Commands;

/// <summary><c>atlas version</c>.</summary>
internal static class VersionCommand
{
    internal static int Run()
    {
        Console.WriteLine("atlas " + typeof(VersionCommand).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }
}
