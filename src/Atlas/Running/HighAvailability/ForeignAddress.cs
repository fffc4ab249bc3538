using Atlas.Core.Configuration;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual address that somebody else has put on the interface. It would be gone for good with the first time that this node
/// gives its addresses up, and until then two nodes would answer for it.</summary>
internal static class ForeignAddress
{
    /// <summary>Finds one: processes of this program put them there for a time only, whether a kernel keeps their mark or not.</summary>
    /// <param name="addresses">The virtual addresses.</param>
    /// <param name="listed">What the interface has.</param>
    /// <returns>Null: there is none.</returns>
    internal static InterfaceAddress? Find(IEnumerable<InterfaceAddress> addresses, List<ListedAddress> listed)
    {
        foreach (InterfaceAddress own in addresses)
        {
            var wanted = LinkAddress.Of(own.Address);
            foreach (ListedAddress known in listed)
            {
                if (known.IsPermanent && known.Protocol != LinkTable.Mark && known.Address == wanted)
                {
                    return new InterfaceAddress(own.Address, known.PrefixLength);
                }
            }
        }

        return null;
    }

    /// <summary>Looks whether the file of a reload or an upgrade brings one: then it is refused, since the node would have to let go of all that
    /// the virtual router has.</summary>
    /// <param name="before">The virtual routers in force.</param>
    /// <param name="after">Those of the file.</param>
    /// <returns>What is wrong, in words for operators; null: nothing, or the interface cannot be asked.</returns>
    internal static string? FindNew(IReadOnlyList<VirtualRouterConfig> before, IReadOnlyList<VirtualRouterConfig> after)
    {
        using var table = LinkTable.TryOpen(out _);
        List<ListedAddress> listed = [];
        foreach (VirtualRouterConfig router in after)
        {
            IEnumerable<InterfaceAddress> held = before.Where(known => known.Interface == router.Interface).SelectMany(known => known.Addresses);
            InterfaceAddress[] added = [.. router.Addresses.ExceptBy(held.Select(address => address.Address), address => address.Address)];
            if (added.Length > 0
                && table?.Find(router.Interface, out NetworkLink? link) == 0
                && table.ListAddresses(link!.Index, listed) >= 0
                && Find(added, listed) is { } foreign)
            {
                return $"virtual router {VirtualRouterStatus.NameOf(router)}: {router.Interface}: {Words(foreign)}";
            }
        }

        return null;
    }

    /// <summary>What is wrong with one, in words for operators.</summary>
    internal static string Words(InterfaceAddress foreign) =>
        $"somebody else has put {foreign} on it: remove it there; a virtual address is only where the master is, which adds it itself";
}
