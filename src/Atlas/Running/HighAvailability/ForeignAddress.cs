using Atlas.Core.Configuration;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual address that somebody else has put on the interface. It would be gone for good with the first time that this node
/// gives its addresses up, and until then two nodes would answer for it.</summary>
internal static class ForeignAddress
{
    /// <summary>Finds one: processes of this program put them there for a time only, whether a kernel keeps their mark or not.</summary>
    /// <param name="config">The virtual router.</param>
    /// <param name="listed">What the interface has.</param>
    /// <returns>Null: there is none.</returns>
    internal static InterfaceAddress? Find(VirtualRouterConfig config, List<ListedAddress> listed)
    {
        foreach (ListedAddress known in listed)
        {
            if (known.IsPermanent && known.Protocol != LinkTable.Mark
                && config.Addresses.Any(own => LinkAddress.Of(own.Address) == known.Address))
            {
                return new InterfaceAddress(known.Address.ToIPAddress()!, known.PrefixLength);
            }
        }

        return null;
    }
}
