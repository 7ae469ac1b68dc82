namespace Coterie.Clustering.Density;

/// <summary>Which clusters of the condensed tree are the flat result; no chosen cluster lies within another.</summary>
static class FlatSelection
{
    /// <summary>Excess of mass (Campello, Moulavi and Sander 2013, algorithm 3): the choice of largest total stability.</summary>
    public static bool[] ExcessOfMass(CondensedTree tree, bool single)
    {
        var stability = tree.Stabilities();
        var below = new double[stability.Length];
        var chosen = new bool[stability.Length];
        var split = new bool[stability.Length];
        for (var cluster = stability.Length - 1; cluster >= 0; cluster--)
        {
            if (cluster == 0 && !single) break;
            chosen[cluster] = !split[cluster] || stability[cluster] >= below[cluster];
            if (cluster == 0) break;
            below[tree.Parent[cluster]] += Math.Max(stability[cluster], below[cluster]);
            split[tree.Parent[cluster]] = true;
        }

        return Outermost(tree, chosen);
    }

    /// <summary>The clusters that do not split.</summary>
    public static bool[] Leaves(CondensedTree tree, bool single)
    {
        var chosen = new bool[tree.Parent.Length];
        Array.Fill(chosen, true);
        for (var cluster = 1; cluster < chosen.Length; cluster++) chosen[tree.Parent[cluster]] = false;
        if (!single) chosen[0] = false;
        return chosen;
    }

    /// <summary>Clusters that appear below a distance give way to their nearest ancestor that appears above it (Malzer and Baum 2020);
    /// the root is taken only where a single cluster is allowed.</summary>
    public static bool[] Above(CondensedTree tree, bool[] chosen, double epsilon, bool single)
    {
        var raised = new bool[chosen.Length];
        for (var cluster = 0; cluster < chosen.Length; cluster++)
        {
            if (!chosen[cluster]) continue;
            var at = cluster;
            while (at != 0 && tree.Birth[at] < epsilon && (tree.Parent[at] != 0 || single)) at = tree.Parent[at];
            raised[at] = true;
        }

        return Outermost(tree, raised);
    }

    /// <summary>The chosen cluster that each cluster lies in or is; -1 for none.</summary>
    public static int[] Owners(CondensedTree tree, bool[] chosen)
    {
        var owner = new int[chosen.Length];
        for (var cluster = 0; cluster < chosen.Length; cluster++)
            owner[cluster] = cluster > 0 && owner[tree.Parent[cluster]] >= 0 ? owner[tree.Parent[cluster]] : chosen[cluster] ? cluster : -1;
        return owner;
    }

    static bool[] Outermost(CondensedTree tree, bool[] chosen)
    {
        var owner = Owners(tree, chosen);
        return [.. chosen.Select((c, i) => c && owner[i] == i)];
    }
}
