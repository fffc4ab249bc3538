using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Atlas.Architecture.Tests.Projects;

namespace Atlas.Architecture.Tests.Assemblies;

/// <summary>What the metadata of an assembly says, read without loading it.</summary>
/// <param name="Project">The project that it was built from.</param>
/// <param name="References">The names of the assemblies it uses.</param>
/// <param name="Types">The full names of the types it defines, nested ones as <c>Outer+Inner</c>, without generic arity.</param>
/// <param name="UsedTypes">The full names of the types it uses from others, in the same form.</param>
/// <param name="UsedMembers">The members it uses from others, as <c>Namespace.Type.Member</c>; a property is its accessor.</param>
/// <param name="NativeCalls">Its P/Invoke methods, as <c>Namespace.Type.Method</c>.</param>
/// <param name="AllowsUnsafe">Whether it was compiled with unsafe blocks allowed.</param>
/// <param name="IsAotCompatible">Whether it was built with IsAotCompatible.</param>
public sealed record CompiledAssembly(
    string Project,
    IReadOnlyList<string> References,
    IReadOnlyList<string> Types,
    IReadOnlyList<string> UsedTypes,
    IReadOnlyList<string> UsedMembers,
    IReadOnlyList<string> NativeCalls,
    bool AllowsUnsafe,
    bool IsAotCompatible)
{
    /// <summary>The assemblies of the product. They stand beside these tests, which reference every project below src/.</summary>
    public static IReadOnlyList<CompiledAssembly> Product { get; } = [.. ProjectFile.Product.Select(p => Read(p.Name))];

    /// <summary>Reads the assembly of a project from the directory of these tests.</summary>
    public static CompiledAssembly Read(string project)
    {
        // The executable is named after the command, in lower case.
        var name = string.Equals(project, "Atlas", StringComparison.Ordinal) ? "atlas" : project;
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll")));
        return Read(project, file.GetMetadataReader());
    }

    private static CompiledAssembly Read(string project, MetadataReader metadata) => new(
        project,
        [.. metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name))],
        [.. metadata.TypeDefinitions.Select(h => NameOf(metadata, h))],
        [.. metadata.TypeReferences.Select(h => NameOf(metadata, h))],
        [.. UsedMembersOf(metadata)],
        [.. metadata.MethodDefinitions
            .Select(metadata.GetMethodDefinition)
            .Where(m => m.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(m => $"{NameOf(metadata, m.GetDeclaringType())}.{metadata.GetString(m.Name)}")],
        // The compiler marks a module so when it is given AllowUnsafeBlocks, whether or not the code makes use of it.
        AttributesOf(metadata, metadata.GetModuleDefinition().GetCustomAttributes(), "System.Security.UnverifiableCodeAttribute").Any(),
        AttributesOf(metadata, metadata.GetAssemblyDefinition().GetCustomAttributes(), "System.Reflection.AssemblyMetadataAttribute")
            .Select(a => TwoStrings(metadata, a))
            .Contains(("IsAotCompatible", "True")));

    private static IEnumerable<string> UsedMembersOf(MetadataReader metadata) =>
        from handle in metadata.MemberReferences
        let member = metadata.GetMemberReference(handle)
        where member.Parent.Kind == HandleKind.TypeReference
        select $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}";

    private static IEnumerable<CustomAttribute> AttributesOf(
        MetadataReader metadata, CustomAttributeHandleCollection attributes, string type) =>
        from handle in attributes
        let attribute = metadata.GetCustomAttribute(handle)
        where attribute.Constructor.Kind == HandleKind.MemberReference
        let parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
        where parent.Kind == HandleKind.TypeReference
            && string.Equals(NameOf(metadata, (TypeReferenceHandle)parent), type, StringComparison.Ordinal)
        select attribute;

    // ECMA-335 II.23.3: a prolog of two bytes, then the constructor's arguments.
    private static (string? Key, string? Value) TwoStrings(MetadataReader metadata, CustomAttribute attribute)
    {
        var value = metadata.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        return (value.ReadSerializedString(), value.ReadSerializedString());
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{WithoutArity(metadata.GetString(type.Name))}"
            : Join(metadata.GetString(type.Namespace), WithoutArity(metadata.GetString(type.Name)));
    }

    private static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType().IsNil
            ? Join(metadata.GetString(type.Namespace), WithoutArity(metadata.GetString(type.Name)))
            : $"{NameOf(metadata, type.GetDeclaringType())}+{WithoutArity(metadata.GetString(type.Name))}";
    }

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    private static string WithoutArity(string name)
    {
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }
}
